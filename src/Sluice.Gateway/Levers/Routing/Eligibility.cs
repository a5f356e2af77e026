using System.Globalization;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Core.Models;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>Whether a request means the same to another model. What would be lost, or is not known to be taken, rules the model out.</summary>
public static class Eligibility
{
    /// <summary>Null where the model may serve the request as it is.</summary>
    public static string? WhyNot(ModelIdentifier candidate, Invocation invocation, RequestTraits traits)
    {
        var request = invocation.Request;
        if (request.Model is not { } asked)
            return "the call names no model";
        if (ModelPlace.WhyFixed(request) is { } whyFixed)
            return whyFixed;
        if (!invocation.Outline.IsComplete)
            return "the body can't be told apart";
        // A prompt router decides among models of one family by itself; AWS turns down what they don't take, and the call goes back.
        var isRouter = candidate.Kind is ModelIdentifierKind.PromptRouter or ModelIdentifierKind.DefaultPromptRouter;
        if (isRouter)
            return request.Operation is Operation.Converse or Operation.ConverseStream ? null : "a prompt router takes Converse alone";
        if (candidate.BaseModel is not { } model)
            return "the model behind the identifier is not known";
        if (ModelPlace.WhyNotNamed(request, asked, candidate) is { } whyNotNamed)
            return whyNotNamed;
        if (model == asked.BaseModel)
            return null;
        var isInvoke = request.Operation is Operation.InvokeModel or Operation.InvokeModelWithResponseStream or Operation.InvokeModelWithBidirectionalStream;
        if (isInvoke && ModelFamilies.DialectOf(model) != request.Facts.Dialect)
            return "an InvokeModel body is its own family's; Converse goes to any";
        if (ModelPlace.AbilitiesOf(model) is not { } known)
            return "what it can do is not known";
        if (LostAbilities(traits.Needs & ~known.Abilities) is { } lost)
            return lost;
        if (traits.HasOtherContent)
            return "content other than text, images and documents may be lost";
        if (traits.HasReasoning)
            return "earlier thoughts of the asked model would be lost";
        if (ModelFamilies.DialectOf(model) != ModelFamilies.DialectOf(asked.BaseModel ?? "") && HasModelFields(request))
            return "additionalModelRequestFields are the asked model's own";
        if (invocation.Outline.CallerPoints > 0 && CachingRules.Find(model, invocation.StartedAt) is null)
            return "it has no prompt cache, and the request has cache points";
        return TooLarge(known, request.Facts.EstimatedInputTokens, request.Facts.MaxTokens);
    }

    private static string? LostAbilities(Abilities lost)
    {
        if (lost == Abilities.None)
            return null;
        var names = lost.ToString().ToLowerInvariant();
        return $"it is not known to take {names}";
    }

    private static bool HasModelFields(InvocationRequest request) =>
        request.Facts.Dialect == Dialect.Converse && request.Body.Span.IndexOf("\"additionalModelRequestFields\""u8) >= 0;

    private static string? TooLarge(ModelAbilities known, long inputTokens, long? maxTokens)
    {
        if (known.OutputTokens is { } most && maxTokens > most)
            return string.Create(CultureInfo.InvariantCulture, $"it writes {most} tokens at most, {maxTokens} are allowed for");
        return known.ContextTokens is { } context && inputTokens + (maxTokens ?? 0) > context
            ? string.Create(CultureInfo.InvariantCulture, $"its context has {context} tokens, about {inputTokens + (maxTokens ?? 0)} are needed")
            : null;
    }
}
