using System.Text.Json;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Models;
using Sluice.Gateway.Edge;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>
/// Where a request says which model it is for, and how it says another one: in the path, or in the body of chat completions and of
/// Anthropic's Messages, of which then every other byte stays.
/// </summary>
internal static class ModelPlace
{
    private const string ModelPrefix = "/model/";

    /// <summary>
    /// Models of chat completions by the paths that Bedrock serves them on. Those of one line are served on the same paths; of others
    /// that is not known. (Bedrock's endpoints as public clients use them: <c>/openai/v1</c> of bedrock-mantle has the first line, <c>/v1</c> the
    /// second, and so has <c>/openai/v1</c> of bedrock-runtime.)
    /// </summary>
    private static readonly string[][] ChatFamilies =
    [
        ["openai.gpt-5", "google.gemma-4", "xai."],
        ["openai.gpt-oss", "qwen.", "deepseek.", "moonshot.", "moonshotai."],
    ];

    /// <summary>Why no other model may be put in the request's place for it; null where one may.</summary>
    public static string? WhyFixed(InvocationRequest request) => request.Operation switch
    {
        _ when IsInPath(request) => null,
        Operation.ChatCompletions or Operation.Messages => null,
        Operation.Responses => "a Responses call may go on from what AWS keeps for its model, and its body is not told apart",
        Operation.Embeddings => "vectors of two models can't be compared",
        _ => "the operation has no model that could be another",
    };

    /// <summary>Why a body that names its model may not name the candidate; null where it may, or where the path names it.</summary>
    public static string? WhyNotNamed(InvocationRequest request, ModelIdentifier asked, ModelIdentifier candidate)
    {
        if (IsInPath(request))
            return null;
        if (BodyModel.Find(request.Facts.Dialect, request.Body.Span, out var ownField).IsNone)
            return "the body does not name its model once";
        if (candidate.BaseModel is not { } model || asked.BaseModel is not { } was)
            return "the model behind the identifier is not known";
        if (candidate.Profile is not null != asked.Profile is not null)
            return candidate.Profile is not null ? "it is an inference profile and the asked model is none, and not all of these endpoints take one" : "it is no inference profile, as the asked model is";
        if (request.Operation == Operation.Messages && !model.StartsWith("anthropic.", StringComparison.Ordinal))
            return "the Messages path serves Anthropic's models alone";
        if (request.Operation == Operation.ChatCompletions && !Array.Exists(ChatFamilies, family => IsOf(family, model) && IsOf(family, was)))
            return "it is not known to be served on the asked model's path of chat completions";
        if (model != was && ownField is not null)
            return $"the field {Printable(ownField)} may mean something else to it";
        return model != was && request.Headers["anthropic-beta"] is not null ? "the header anthropic-beta may mean something else to it" : null;
    }

    /// <summary>The request to another model; null where its body can't be changed.</summary>
    public static InvocationRequest? Put(Invocation invocation, ModelIdentifier model)
    {
        var request = invocation.Request;
        if (IsInPath(request))
        {
            var rest = request.Target.Path.LastIndexOf('/');
            return request with { Model = model, Target = RequestTarget.Of($"{ModelPrefix}{Uri.EscapeDataString(model.Raw)}{request.Target.Text[rest..]}") };
        }
        var place = BodyModel.Find(request.Facts.Dialect, request.Body.Span, out _);
        if (place.IsNone)
            return null;
        using var edits = new BodyEdits();
        edits.Replace(place, [(byte)'"', .. JsonEncodedText.Encode(model.Raw).EncodedUtf8Bytes, (byte)'"']);
        return edits.TryApply(request.Body.Span, out var edited)
            ? request with { Model = model, Body = invocation.Own(edited).Bytes, Facts = request.Facts with { Model = model.Raw } }
            : null;
    }

    /// <summary>What a model is known to take; the mantle endpoint has some under their ids without version.</summary>
    public static ModelAbilities? AbilitiesOf(string model) => ModelAbilities.Find(model) ?? ModelAbilities.Find(model + "-1:0");

    private static bool IsInPath(InvocationRequest request) => request.Target.Text.StartsWith(ModelPrefix, StringComparison.Ordinal);

    private static bool IsOf(string[] family, string model) => Array.Exists(family, prefix => model.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Decisions go into headers and the ledger, and a field's name is the caller's.</summary>
    private static string Printable(string name) => name.Length <= 40 && !name.AsSpan().ContainsAnyExceptInRange('!', '~') ? name : "of an unusual name";
}
