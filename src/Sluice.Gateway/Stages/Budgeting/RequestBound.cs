using System.Collections.Immutable;
using Sluice.Bedrock.Requests;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Models;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>The most that a request can use; what it prompts is bounded by <see cref="PromptBound"/>.</summary>
internal static class RequestBound
{
    /// <summary>A request for more than any model writes is refused by AWS, and must not overflow here.</summary>
    private const long MaxOutputTokens = 10_000_000;

    /// <summary>Characters of a reply's token that a guardrail may count: words of prose have five, runs of blanks or dashes in code some more.</summary>
    private const long CharactersPerToken = 16;

    private static readonly ImmutableArray<UsageKind> TextPolicies =
    [
        UsageKind.GuardrailContentUnit, UsageKind.GuardrailTopicUnit, UsageKind.GuardrailWordUnit, UsageKind.GuardrailSensitiveInformationUnit,
        UsageKind.GuardrailGroundingUnit, UsageKind.GuardrailAutomatedReasoningUnit,
    ];

    /// <summary>AWS bills nothing for such a request.</summary>
    public static bool IsFree(InvocationRequest request) => request.Operation is
        Operation.CountTokens or Operation.MessagesCountTokens or Operation.GetAsyncInvoke or Operation.ListAsyncInvokes
            or Operation.Models or Operation.StoredResponses or Operation.Files or Operation.Batches
        || (request.Operation == Operation.Unknown && request.Method is "GET" or "HEAD" or "OPTIONS");

    /// <summary>Null where nothing bounds what it costs.</summary>
    /// <param name="sheet">Of the model that it is for.</param>
    public static WorstUsage? Of(Invocation invocation, PriceSheet sheet, out string whyUnbounded)
    {
        whyUnbounded = "";
        var request = invocation.Request;
        var facts = request.Facts;
        if (request.IsUnreadable)
        {
            whyUnbounded = "its body is compressed in a way that can't be read, so send it plain";
            return null;
        }
        switch (request.Operation)
        {
            case Operation.CreateBatch:
                whyUnbounded = "what a batch costs is in its file, which Sluice does not read";
                return null;
            case Operation.StartAsyncInvoke or Operation.InvokeModelWithBidirectionalStream:
                whyUnbounded = "what it makes is billed by length, which the request does not say";
                return null;
            case Operation.Unknown:
                whyUnbounded = "Sluice does not know the operation";
                return null;
            case Operation.ApplyGuardrail or Operation.InvokeGuardrailChecks:
                return new WorstUsage { Units = GuardrailUnits(request, images: PromptBound.CountOf(request.Readable.Span, "\"image\""u8), outputTokens: 0) };
        }
        switch (facts.Dialect)
        {
            case Dialect.CohereRerank:
                return new WorstUsage { Units = [new UnitCount(UsageKind.SearchUnit, Math.Max(1, Math.Max(facts.SearchUnits.Count, request.Readable.Length / 2_000)))] };
            case Dialect.Image:
                return new WorstUsage { Units = [new UnitCount(UsageKind.OutputImage, facts.RequestedImages), .. facts.HasGuardrail ? GuardrailUnits(request, facts.RequestedImages, 0) : []] };
        }
        if (PromptBound.IsBilledByLength(request.Readable.Span, sheet))
        {
            whyUnbounded = "sound and video are billed by their length, which the request does not say";
            return null;
        }
        var known = ModelAbilities.Find(sheet.Identity.Model);
        if (PromptBound.Of(invocation, known, sheet, out whyUnbounded) is not { } prompt)
            return null;
        long output = 0;
        if (request.Operation != Operation.Embeddings && facts.Dialect is not (Dialect.TitanEmbedding or Dialect.CohereEmbed))
        {
            if (OutputTokens(invocation, known, prompt.Passes) is not { } most)
            {
                whyUnbounded = "nobody says how much the model may write, so ask for maxTokens";
                return null;
            }
            output = most;
        }
        var units = facts.HasGuardrail ? GuardrailUnits(request, prompt.Images, output) : [];
        return new WorstUsage
        {
            InputTokens = prompt.Tokens * prompt.Passes,
            // Some models cache by themselves, and what does not cache has no price for it.
            MayWriteCache = true,
            MayWriteHour = facts.CacheLifetimes.HasFlag(CacheLifetimes.OneHour),
            OutputTokens = output,
            Units = facts.InputImages > 0 ? units.Add(new UnitCount(UsageKind.InputImage, facts.InputImages)) : units,
        };
    }

    /// <summary>The most tokens of input and output of a call of a model that makes text; null where nothing bounds them.</summary>
    public static (long? Input, long? Output) Tokens(Invocation invocation, PriceSheet sheet)
    {
        var known = ModelAbilities.Find(sheet.Identity.Model);
        var prompt = PromptBound.Of(invocation, known, sheet, out _);
        return (prompt is { } bound ? bound.Tokens * bound.Passes : null, OutputTokens(invocation, known, prompt?.Passes ?? 1));
    }

    /// <summary>Null where the request leaves it to a model of which it is not known.</summary>
    private static long? OutputTokens(Invocation invocation, ModelAbilities? known, int passes)
    {
        var facts = invocation.Request.Facts;
        if ((facts.MaxTokens ?? known?.MostOutputTokens) is not { } most)
            return null;
        most = Math.Min(most, MaxOutputTokens);
        // A budget for thinking that is not within the maximum, as between calls of tools, comes on top of it.
        if (invocation.Outline.ThinkingBudget is { } thinking && thinking >= most)
            most += Math.Min(thinking, MaxOutputTokens);
        // What a pass before the answer writes, nobody has limited.
        return (most * facts.Answers) + ((passes - 1) * (known?.MostOutputTokens ?? most));
    }

    private static ImmutableArray<UnitCount> GuardrailUnits(InvocationRequest request, int images, long outputTokens)
    {
        // Each text is rounded up by itself; there are no more texts than quotation marks, and two of them end one.
        var texts = (PromptBound.CountOf(request.Readable.Span, "\"text\""u8) + PromptBound.CountOf(request.Readable.Span, "\"content\""u8)) + 2;
        var units = GuardrailTextUnits.Of(request.Readable.Length) + GuardrailTextUnits.Of(outputTokens * CharactersPerToken) + texts;
        var counts = ImmutableArray.CreateBuilder<UnitCount>();
        foreach (var policy in TextPolicies)
            counts.Add(new UnitCount(policy, units));
        if (images > 0)
            counts.Add(new UnitCount(UsageKind.GuardrailImageUnit, images));
        return counts.ToImmutable();
    }
}
