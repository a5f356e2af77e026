using System.Collections.Immutable;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Models;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>
/// The most that a request can use. A token of text has at least one byte, and JSON's escapes are never shorter than what
/// they stand for, so the bytes of the body bound the tokens of its text; the JSON around it is longer than what a chat
/// template adds for it. Media are bounded by what models document, and documents by the model's whole context.
/// </summary>
internal static class RequestBound
{
    /// <summary>Above the largest count that any model documents for one image (Claude's high-resolution images: 4,784).</summary>
    private const long MaxImageTokens = 5_000;

    /// <summary>Above what models document for the hidden prompt that tools bring with them (Claude: 159 to 804).</summary>
    private const long ToolPromptTokens = 1_024;

    /// <summary>For the frame of a prompt that is no more than a few bytes.</summary>
    private const long FrameTokens = 64;

    /// <summary>The longest context that a model is known for by default; those with a long-context price have it too.</summary>
    private const long LongContextTokens = 1_000_000;

    /// <summary>For a model of which nothing is known: the most that any model on Bedrock is known to write.</summary>
    private const long MaxOutputTokens = 128_000;

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
        || (request.Operation == Operation.Unknown && request.Method is "GET" or "HEAD" or "OPTIONS");

    /// <summary>Null where nothing bounds what it costs.</summary>
    /// <param name="sheet">Of the model that it is for.</param>
    public static WorstUsage? Of(Invocation invocation, PriceSheet sheet, out string whyUnbounded)
    {
        whyUnbounded = "";
        var request = invocation.Request;
        var facts = request.Facts;
        switch (request.Operation)
        {
            case Operation.StartAsyncInvoke or Operation.InvokeModelWithBidirectionalStream:
                whyUnbounded = "what it makes is billed by length, which the request does not say";
                return null;
            case Operation.Unknown:
                whyUnbounded = "Sluice does not know the operation";
                return null;
            case Operation.ApplyGuardrail or Operation.InvokeGuardrailChecks:
                return new WorstUsage { Units = GuardrailUnits(request, images: CountOf(request.Body.Span, "\"image\""u8), outputTokens: 0) };
        }
        switch (facts.Dialect)
        {
            case Dialect.CohereRerank:
                return new WorstUsage { Units = [new UnitCount(UsageKind.SearchUnit, Math.Max(1, Math.Max(facts.SearchUnits.Count, request.Body.Length / 2_000)))] };
            case Dialect.Image:
                return new WorstUsage { Units = [new UnitCount(UsageKind.OutputImage, facts.RequestedImages), .. facts.HasGuardrail ? GuardrailUnits(request, facts.RequestedImages, 0) : []] };
        }
        var known = ModelAbilities.Find(sheet.Identity.Model);
        var isEmbedding = request.Operation == Operation.Embeddings || facts.Dialect is Dialect.TitanEmbedding or Dialect.CohereEmbed;
        var input = InputTokens(invocation, ContextOf(known, sheet), out var images);
        // No model has a context that takes more, whatever a caller asks for.
        var output = isEmbedding ? 0 : Math.Min(facts.MaxTokens ?? known?.OutputTokens ?? MaxOutputTokens, LongContextTokens);
        var units = facts.HasGuardrail ? GuardrailUnits(request, images, output) : [];
        return new WorstUsage
        {
            InputTokens = input,
            MayWriteCache = facts.CacheLifetimes != CacheLifetimes.None || CachingRules.Find(sheet.Identity.Model, invocation.StartedAt) is null,
            MayWriteHour = facts.CacheLifetimes.HasFlag(CacheLifetimes.OneHour),
            OutputTokens = output,
            Units = facts.InputImages > 0 ? units.Add(new UnitCount(UsageKind.InputImage, facts.InputImages)) : units,
        };
    }

    private static long ContextOf(ModelAbilities? known, PriceSheet sheet)
    {
        foreach (var row in sheet.Bands(UsageKind.Input))
        {
            if (row.AboveTokens > 0)
                return Math.Max(LongContextTokens, known?.ContextTokens ?? 0);
        }
        return known?.ContextTokens ?? LongContextTokens;
    }

    private static long InputTokens(Invocation invocation, long context, out int images)
    {
        var body = invocation.Request.Body.Span;
        var outline = invocation.Outline;
        var tokens = body.Length + FrameTokens;
        images = 0;
        if (!outline.IsComplete)
        {
            // Prompts that can't be told apart: bytes bound the text, and whatever speaks of images may have any number of tokens each.
            images = CountOf(body, "image"u8);
            return HasMedia(body) ? Math.Max(context, tokens) : tokens + ToolPromptTokens + (images * MaxImageTokens);
        }
        var hasTools = false;
        foreach (ref readonly var block in outline.Blocks)
        {
            var json = block.Json.In(body);
            hasTools |= block.Section == PromptSection.Tools;
            switch (block.Kind)
            {
                case BlockKind.Image:
                    images++;
                    tokens += MaxImageTokens - json.Length;
                    break;
                case BlockKind.Document when !IsPlainDocument(json):
                    return Math.Max(context, tokens);
                case BlockKind.ToolResult:
                case BlockKind.Other when block.Section == PromptSection.Messages:
                    if (HasMedia(json) || json.IndexOf("\"document\""u8) >= 0)
                        return Math.Max(context, tokens);
                    var inside = CountOf(json, "\"image\""u8);
                    images += inside;
                    tokens += inside * MaxImageTokens;
                    break;
            }
        }
        return tokens + (hasTools ? ToolPromptTokens : 0);
    }

    private static bool HasMedia(ReadOnlySpan<byte> json) =>
        json.IndexOf("\"video\""u8) >= 0 || json.IndexOf("\"audio\""u8) >= 0 || json.IndexOf("\"input_audio\""u8) >= 0 || json.IndexOf("\"s3Location\""u8) >= 0;

    /// <summary>A document whose text is in the body itself, plain or in base64, which is longer.</summary>
    private static bool IsPlainDocument(ReadOnlySpan<byte> json)
    {
        foreach (var format in (string[])["txt", "md", "csv", "html"])
        {
            var at = json.IndexOf("\"format\""u8);
            if (at >= 0 && json[at..Math.Min(json.Length, at + 24)].IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"{format}\"")) >= 0)
                return json.IndexOf("\"s3Location\""u8) < 0;
        }
        return json.IndexOf("\"text/plain\""u8) >= 0;
    }

    private static ImmutableArray<UnitCount> GuardrailUnits(InvocationRequest request, int images, long outputTokens)
    {
        // Each text is rounded up by itself; there are no more texts than quotation marks, and two of them end one.
        var texts = (CountOf(request.Body.Span, "\"text\""u8) + CountOf(request.Body.Span, "\"content\""u8)) + 2;
        var units = GuardrailTextUnits.Of(request.Body.Length) + GuardrailTextUnits.Of(outputTokens * CharactersPerToken) + texts;
        var counts = ImmutableArray.CreateBuilder<UnitCount>();
        foreach (var policy in TextPolicies)
            counts.Add(new UnitCount(policy, units));
        if (images > 0)
            counts.Add(new UnitCount(UsageKind.GuardrailImageUnit, images));
        return counts.ToImmutable();
    }

    private static int CountOf(ReadOnlySpan<byte> body, ReadOnlySpan<byte> word) => body.Count(word);
}
