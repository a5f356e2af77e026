using System.Buffers;

namespace Sluice.Bedrock.Operations;

/// <summary>What a model identifier names.</summary>
public enum ModelIdentifierKind
{
    /// <summary>None of the forms below: a name of our owner's making, or nonsense. It is forwarded as it is.</summary>
    Unknown,
    FoundationModel,
    /// <summary>A profile that AWS defines over several regions, by its id or its ARN.</summary>
    InferenceProfile,
    /// <summary>An account's own profile; its ARN doesn't say which model is behind it.</summary>
    ApplicationInferenceProfile,
    ProvisionedModel,
    ImportedModel,
    CustomModelDeployment,
    PromptRouter,
    DefaultPromptRouter,
    Prompt,
    SageMakerEndpoint,
}

/// <summary>A model as callers name it: a bare id, an inference profile's id, or an ARN.</summary>
public sealed record ModelIdentifier
{
    // The longest that the service's model allows for InvokeModelIdentifier.
    private const int MaxLength = 2048;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_");

    private ModelIdentifier(string raw) => Raw = raw;

    /// <summary>As it was given.</summary>
    public string Raw { get; }

    public ModelIdentifierKind Kind { get; private init; }

    /// <summary>
    /// The foundation model's id without profile prefix or context suffix; null where the identifier doesn't tell.
    /// </summary>
    public string? BaseModel { get; private init; }

    /// <summary>The profile prefix without its dot (<c>us</c>, <c>us-gov</c>, <c>global</c>); null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>The region in the ARN, or null.</summary>
    public string? Region { get; init; }

    /// <summary>The account in the ARN, or null; a foundation model has none.</summary>
    public string? AccountId { get; private init; }

    /// <summary>What stands behind the resource type in the ARN, or the whole identifier where it is no ARN.</summary>
    public required string ResourceId { get; init; }

    /// <summary>Never throws: what has no known form is <see cref="ModelIdentifierKind.Unknown"/>.</summary>
    public static ModelIdentifier Parse(string raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        if (raw.Length > MaxLength)
            return new ModelIdentifier(raw) { ResourceId = raw };
        return raw.StartsWith("arn:", StringComparison.Ordinal) ? ParseArn(raw) : ParseId(raw, raw);
    }

    private static ModelIdentifier ParseArn(string raw)
    {
        // arn:partition:service:region:account:type/id, and the id may hold more colons.
        var parts = raw.Split(':', 6);
        var slash = parts.Length == 6 ? parts[5].IndexOf('/') : -1;
        if (slash < 0)
            return new ModelIdentifier(raw) { ResourceId = raw };

        var resourceId = parts[5][(slash + 1)..];
        var kind = (parts[2], parts[5][..slash]) switch
        {
            _ when resourceId.Length == 0 => ModelIdentifierKind.Unknown,
            ("bedrock", "foundation-model") => ModelIdentifierKind.FoundationModel,
            ("bedrock", "inference-profile") => ModelIdentifierKind.InferenceProfile,
            ("bedrock", "application-inference-profile") => ModelIdentifierKind.ApplicationInferenceProfile,
            ("bedrock", "provisioned-model") => ModelIdentifierKind.ProvisionedModel,
            ("bedrock", "imported-model") => ModelIdentifierKind.ImportedModel,
            ("bedrock", "custom-model-deployment") => ModelIdentifierKind.CustomModelDeployment,
            ("bedrock", "prompt-router") => ModelIdentifierKind.PromptRouter,
            ("bedrock", "default-prompt-router") => ModelIdentifierKind.DefaultPromptRouter,
            ("bedrock", "prompt") => ModelIdentifierKind.Prompt,
            ("sagemaker", "endpoint") => ModelIdentifierKind.SageMakerEndpoint,
            _ => ModelIdentifierKind.Unknown,
        };
        // A system-defined profile's ARN ends in its id, which tells the model; one that holds another kind of id doesn't.
        var named = kind is ModelIdentifierKind.FoundationModel or ModelIdentifierKind.InferenceProfile
            ? ParseId(raw, resourceId)
            : new ModelIdentifier(raw) { ResourceId = resourceId };
        return named with
        {
            Kind = kind,
            Region = parts[3].Length > 0 ? parts[3] : null,
            AccountId = parts[4].Length > 0 ? parts[4] : null,
        };
    }

    private static ModelIdentifier ParseId(string raw, string id)
    {
        var unknown = new ModelIdentifier(raw) { ResourceId = id };
        var dot = id.IndexOf('.');
        if (dot <= 0 || dot == id.Length - 1 || id.AsSpan().ContainsAnyExcept(IdCharacters))
            return unknown;

        var profile = IsGeography(id.AsSpan(0, dot)) ? id[..dot] : null;
        var model = WithoutContextSuffix(profile is null ? id : id[(dot + 1)..]);
        var provider = model.IndexOf('.');
        if (provider <= 0 || provider == model.Length - 1)
            return unknown;
        return unknown with
        {
            Kind = profile is null ? ModelIdentifierKind.FoundationModel : ModelIdentifierKind.InferenceProfile,
            BaseModel = model,
            Profile = profile,
        };
    }

    /// <summary>
    /// No provider's name has two letters, so any that stands in front is a geography: one that AWS adds later is then
    /// taken for what it is, not for a provider.
    /// </summary>
    private static bool IsGeography(ReadOnlySpan<char> prefix) =>
        prefix is "global" or "apac" or "us-gov"
        || (prefix.Length == 2 && char.IsAsciiLetterLower(prefix[0]) && char.IsAsciiLetterLower(prefix[1]));

    /// <summary>
    /// Cuts off what only provisioned throughput has: the context length or modality of a variant, as in
    /// <c>anthropic.claude-v2:1:200k</c>, <c>amazon.nova-sonic-v1:0:mm</c> and <c>cohere.embed-english-v3:0:512</c>.
    /// </summary>
    private static string WithoutContextSuffix(string model)
    {
        var colon = model.LastIndexOf(':');
        if (colon <= 0)
            return model;
        var suffix = model.AsSpan(colon + 1);
        var isVariant = suffix is "mm"
            || (suffix.Length > 1 && suffix[^1] is 'k' or 'K' or 'm' && !suffix[..^1].ContainsAnyExceptInRange('0', '9'))
            || (!suffix.IsEmpty && model.AsSpan(0, colon).Contains(':') && !suffix.ContainsAnyExceptInRange('0', '9'));
        return isVariant ? model[..colon] : model;
    }
}
