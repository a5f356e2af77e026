using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Models;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>
/// The most tokens that a prompt can have. A token of text has at least one byte, and JSON's escapes are never shorter than
/// what they stand for, so the bytes of the body bound the tokens of its text; the JSON around it is longer than what a chat
/// template adds for it. Media are bounded by what models document, and what is not in the body by the model's whole context.
/// </summary>
/// <param name="Tokens">Of one pass.</param>
/// <param name="Images">Those that a guardrail may look at.</param>
/// <param name="Passes">How often the model may read it; 2 where it may have to shorten the conversation first.</param>
internal readonly record struct PromptBound(long Tokens, int Images, int Passes)
{
    /// <summary>Above the largest count that Claude and Nova document for one image (Claude's high-resolution images: 4,784).</summary>
    private const long MaxImageTokens = 5_000;

    /// <summary>For images of all other models: Qwen3-VL's image processor makes 16,384 tokens at most, OpenAI's largest detail is 10,000 patches.</summary>
    private const long OtherImageTokens = 16_384;

    /// <summary>Above what models document for the hidden prompt that tools bring with them (Claude: 159 to 804), and for one of their own tools (735).</summary>
    private const long ToolPromptTokens = 1_024;

    /// <summary>For the frame of a prompt that is no more than a few bytes.</summary>
    private const long FrameTokens = 64;

    /// <summary>The context of a model of which it is not known, and of those with a price for long context.</summary>
    private const long LongContextTokens = 1_050_000;

    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 512 };

    /// <summary>Null where nothing bounds it.</summary>
    public static PromptBound? Of(Invocation invocation, ModelAbilities? known, PriceSheet sheet, out string whyUnbounded)
    {
        whyUnbounded = "";
        var body = invocation.Request.Readable.Span;
        var passes = body.IndexOf("\"compact_2"u8) >= 0 || body.IndexOf("\"compact-2"u8) >= 0 ? 2 : 1;
        var tokens = body.Length + FrameTokens + (BuiltInTools(body) * ToolPromptTokens);
        var (images, runsAtAws) = (0, AsksServerTools(body));
        if (!TryAddBlocks(invocation, sheet, ref tokens, ref images, ref runsAtAws) || BringsContextAlong(invocation.Request))
            (tokens, images) = (Math.Max(ContextOf(known, sheet), tokens), CountOf(body, "image"u8));
        if (!runsAtAws)
            return new PromptBound(tokens, images, passes);
        whyUnbounded = "a tool that runs on AWS's side has the model read as much and as often as it likes";
        return null;
    }

    /// <summary>Sound or video goes to a model that has a price for each second of it.</summary>
    public static bool IsBilledByLength(ReadOnlySpan<byte> body, PriceSheet sheet) =>
        (sheet.Bands(UsageKind.InputAudioSecond).Length > 0 || sheet.Bands(UsageKind.InputVideoSecond).Length > 0)
        && (HasMedia(body) || body.IndexOf("\"mediaSource\""u8) >= 0);

    public static int CountOf(ReadOnlySpan<byte> body, ReadOnlySpan<byte> word) => body.Count(word);

    private static long ContextOf(ModelAbilities? known, PriceSheet sheet)
    {
        foreach (var row in sheet.Bands(UsageKind.Input))
        {
            if (row.AboveTokens > 0)
                return Math.Max(LongContextTokens, known?.MostContextTokens ?? 0);
        }
        return known?.MostContextTokens ?? LongContextTokens;
    }

    /// <returns>False where only the model's context bounds the prompt.</returns>
    private static bool TryAddBlocks(Invocation invocation, PriceSheet sheet, ref long tokens, ref int images, ref bool runsAtAws)
    {
        var body = invocation.Request.Readable.Span;
        var outline = invocation.Outline;
        var model = sheet.Identity.Model;
        var imageTokens = model.StartsWith("anthropic.", StringComparison.Ordinal) || model.StartsWith("amazon.", StringComparison.Ordinal) ? MaxImageTokens : OtherImageTokens;
        if (!outline.IsComplete)
        {
            // Prompts that can't be told apart: whatever speaks of an image is one.
            var isResponses = invocation.Request.Operation == Operation.Responses;
            images = isResponses ? CountOf(body, "\"input_image\""u8) : CountOf(body, "image"u8);
            tokens += ToolPromptTokens + (images * imageTokens);
            runsAtAws |= isResponses && AnyRunsAtAws(body);
            return !HasMedia(body);
        }
        var hasTools = false;
        foreach (ref readonly var block in outline.Blocks)
        {
            var json = block.Json.In(body);
            switch (block.Kind)
            {
                case BlockKind.Other when block.Section == PromptSection.Tools:
                    hasTools = true;
                    if (IsCallersTool(json))
                        break;
                    tokens += ToolPromptTokens;
                    runsAtAws |= RunsAtAws(json);
                    break;
                case BlockKind.Image:
                    images++;
                    tokens += Math.Max(0, imageTokens - json.Length);
                    break;
                case BlockKind.Document when !IsPlainDocument(json):
                    return false;
                case BlockKind.ToolResult:
                case BlockKind.Other when block.Section == PromptSection.Messages:
                    if (HasMedia(json) || json.IndexOf("\"document\""u8) >= 0 || json.IndexOf("\"input_file\""u8) >= 0)
                        return false;
                    var inside = CountOf(json, "\"image"u8) + CountOf(json, "\"input_image"u8);
                    images += inside;
                    tokens += inside * imageTokens;
                    hasTools |= json.IndexOf("\"toolAddition\""u8) >= 0;
                    break;
            }
        }
        if (hasTools)
            tokens += ToolPromptTokens;
        return true;
    }

    /// <summary>OpenAI's Responses may go on with a conversation that is stored elsewhere.</summary>
    private static bool BringsContextAlong(InvocationRequest request) => request.Operation == Operation.Responses
        && (request.Readable.Span.IndexOf("\"previous_response_id\""u8) >= 0 || request.Readable.Span.IndexOf("\"conversation\""u8) >= 0 || request.Readable.Span.IndexOf("\"prompt\""u8) >= 0);

    /// <summary>Claude's own tools, as Converse takes them.</summary>
    private static int BuiltInTools(ReadOnlySpan<byte> body) => body.IndexOf("\"additionalModelRequestFields\""u8) < 0 ? 0
        : CountOf(body, "\"computer_2"u8) + CountOf(body, "\"bash_2"u8) + CountOf(body, "\"text_editor_2"u8) + CountOf(body, "\"memory_2"u8);

    private static bool AsksServerTools(ReadOnlySpan<byte> body) => body.IndexOf("\"additionalModelRequestFields\""u8) >= 0
        && (body.IndexOf("\"web_search_2"u8) >= 0 || body.IndexOf("\"web_fetch_2"u8) >= 0 || body.IndexOf("\"code_execution_2"u8) >= 0);

    /// <summary>A tool whose definition is all in the body, and which the caller runs.</summary>
    private static bool IsCallersTool(ReadOnlySpan<byte> json) =>
        json.IndexOf("chema\""u8) >= 0 || json.IndexOf("\"function\""u8) >= 0 || json.IndexOf("\"custom\""u8) >= 0 || json.IndexOf("\"cachePoint\""u8) >= 0;

    /// <summary>One of the tools at the root of the body runs on AWS's side.</summary>
    private static bool AnyRunsAtAws(ReadOnlySpan<byte> body)
    {
        if (body.IndexOf("\"tools\""u8) < 0)
            return false;
        try
        {
            var reader = new Utf8JsonReader(body, Deep);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTools = reader.ValueTextEquals("tools"u8);
                reader.Read();
                if (!isTools || reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    if (RunsAtAws(body[start..(int)reader.BytesConsumed]))
                        return true;
                }
            }
        }
        catch (JsonException)
        {
            // AWS refuses it.
        }
        return false;
    }

    /// <summary>AWS runs the tool, and asks the model again with what it gave.</summary>
    private static bool RunsAtAws(ReadOnlySpan<byte> tool)
    {
        try
        {
            var reader = new Utf8JsonReader(tool, Deep);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("systemTool"u8))
                    return true;
                var isType = reader.ValueTextEquals("type"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String && reader.GetString() is { } type)
                    return type is "mcp" or "file_search" or "image_generation" || type.StartsWith("web_", StringComparison.Ordinal) || type.StartsWith("code_", StringComparison.Ordinal);
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // What can't be read runs nowhere: AWS refuses it.
        }
        return false;
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
}
