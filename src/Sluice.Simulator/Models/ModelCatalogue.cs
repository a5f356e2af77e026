using System.Collections.Frozen;
using Sluice.Bedrock.Operations;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Models;

/// <summary>Knows the models and finds the one that an identifier means.</summary>
internal sealed class ModelCatalogue
{
    private static readonly FrozenDictionary<string, BedrockModel> Models =
        BedrockModel.ReadAll().ToFrozenDictionary(model => model.Id, StringComparer.Ordinal);

    private static readonly FrozenSet<string> Providers = Models.Keys.Select(id => id[..id.IndexOf('.')]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>AWS's default prompt routers and the cheaper and the better model of each (bedrock.md, section 2.3).</summary>
    private static readonly FrozenDictionary<string, (string Cheap, string Good)> DefaultRouters = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["anthropic.claude:1"] = ("anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-5-sonnet-20240620-v1:0"),
        ["meta.llama:1"] = ("meta.llama3-1-8b-instruct-v1:0", "meta.llama3-1-70b-instruct-v1:0"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, SimulatedProfile> _profiles;
    private readonly FrozenDictionary<string, string> _customModels;

    // A name costs a parse only once; the bound keeps nonsense identifiers from filling memory.
    private const int MaxRemembered = 4_096;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, ModelTarget> _known = new(StringComparer.Ordinal);

    /// <exception cref="SimulatorStartException">A profile or custom model leads to no known model.</exception>
    public ModelCatalogue(SimulatorOptions options)
    {
        _profiles = options.InferenceProfiles.ToFrozenDictionary(profile => profile.Id, StringComparer.Ordinal);
        _customModels = options.CustomModels.ToFrozenDictionary(StringComparer.Ordinal);
        foreach (var model in options.InferenceProfiles.Select(profile => profile.CopyFrom).Concat(options.CustomModels.Values))
        {
            if (ModelIdentifier.Parse(model) is not { BaseModel: { } id } || !Models.ContainsKey(id))
                throw new SimulatorStartException($"The simulator knows no model '{model}', which a configured profile or custom model stands for; give the id of a model or system profile that docs/simulator.md lists.");
        }
    }

    public static IEnumerable<BedrockModel> All => Models.Values;

    public SimulatedProfile? Profile(string idOrArn) =>
        _profiles.GetValueOrDefault(idOrArn[(idOrArn.LastIndexOf('/') + 1)..]);

    /// <param name="identifier">As the caller sent it.</param>
    /// <param name="promptBytes">The length of the body, by which a prompt router chooses.</param>
    /// <exception cref="Refusal">There is no such model.</exception>
    public ModelTarget Resolve(string identifier, long promptBytes)
    {
        if (_known.TryGetValue(identifier, out var known))
            return known;
        var parsed = ModelIdentifier.Parse(identifier);
        var target = Resolve(parsed, promptBytes) with { Region = parsed.Region };
        if (target.RoutedArn is null && _known.Count < MaxRemembered)
            _known.TryAdd(identifier, target);
        return target;
    }

    private ModelTarget Resolve(ModelIdentifier id, long promptBytes) => id.Kind switch
    {
        ModelIdentifierKind.FoundationModel or ModelIdentifierKind.InferenceProfile when id.BaseModel is not null =>
            new ModelTarget(Find(id)) { Profile = id.Profile },
        ModelIdentifierKind.ApplicationInferenceProfile when Profile(id.ResourceId) is { } profile =>
            Resolve(ModelIdentifier.Parse(profile.CopyFrom), promptBytes) with { ApplicationProfile = profile },
        ModelIdentifierKind.ProvisionedModel or ModelIdentifierKind.ImportedModel or ModelIdentifierKind.CustomModelDeployment
            when _customModels.TryGetValue(id.Raw, out var model) =>
            Resolve(ModelIdentifier.Parse(model), promptBytes) with { BilledByTime = true },
        ModelIdentifierKind.DefaultPromptRouter when DefaultRouters.TryGetValue(id.ResourceId, out var pair) =>
            Route(id, promptBytes > 2_000 ? pair.Good : pair.Cheap),
        ModelIdentifierKind.Unknown => throw Refusal.Validation("The provided model identifier is invalid."),
        _ => throw NotFound(),
    };

    private static ModelTarget Route(ModelIdentifier router, string model) => new(Models[model])
    {
        Profile = "us",
        RoutedArn = $"arn:aws:bedrock:{router.Region}:{router.AccountId}:inference-profile/us.{model}",
    };

    private static BedrockModel Find(ModelIdentifier id)
    {
        if (Models.TryGetValue(id.BaseModel!, out var model))
            return model;
        throw Providers.Contains(id.BaseModel![..id.BaseModel!.IndexOf('.')])
            ? NotFound()
            : Refusal.Validation("The provided model identifier is invalid.");
    }

    private static Refusal NotFound() =>
        new("ResourceNotFoundException", "Could not resolve the foundation model from the provided model identifier.");
}
