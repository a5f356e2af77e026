using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>
/// Sends data in fewer tokens. It looks at what users and tools put into messages; instructions, the model's own words and
/// tool definitions stay as they are.
/// </summary>
public sealed class TrimLever : IRewritingLever
{
    /// <summary>A shorter text can't save what looking at it costs, in bytes.</summary>
    private const int MinTextBytes = 200;

    public Lever Lever => Lever.Trim;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        whyNot = "the body is not one whose texts can be told apart";
        var outline = invocation.Outline;
        if (!outline.IsComplete)
            return null;
        var body = invocation.Request.Body.Span;
        var options = invocation.Levers.Options.Trim;
        var trimmer = new RequestTrimmer(options);
        using var edits = new BodyEdits();
        var kinds = TrimKinds.None;
        var (before, after) = (0L, 0L);
        foreach (var (index, token) in outline.Texts)
        {
            ref readonly var block = ref outline.Blocks[index];
            if (block.Section != PromptSection.Messages || block.Role is not (PromptRole.User or PromptRole.Tool) || token.Length < MinTextBytes
                || Unquoted(token.In(body)) is not { } text)
                continue;
            var result = trimmer.Trim(text, isMarked: false);
            if (!result.IsChanged)
                continue;
            var replacement = Encoding.UTF8.GetBytes("\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(result.Text) + "\"");
            if (replacement.Length >= token.Length)
                continue;
            edits.Replace(token, replacement);
            kinds |= result.Kinds;
            before += Tokens(text);
            after += Tokens(result.Text);
        }
        whyNot = "no text in a user's or tool's turn is data beyond doubt that could be written in fewer tokens";
        if (edits.IsEmpty || after >= before || !edits.TryApply(body, out var edited))
            return null;
        whyNot = "";

        var saved = before - after;
        var request = invocation.Request with
        {
            Body = invocation.Own(edited).Bytes,
            Facts = invocation.Request.Facts with { EstimatedInputTokens = Math.Max(0, invocation.Request.Facts.EstimatedInputTokens - saved) },
        };
        return new Rewriting(request, $"{kinds}: about {before} tokens to {after}", shape => Add(shape, saved), shape => Add(shape, -saved));
    }

    public void Refused(Invocation invocation) { }

    private static CallShape Add(CallShape shape, long tokens) => shape with
    {
        Usage = shape.Usage with { Input = Math.Max(0, shape.Usage.Input + tokens), Source = UsageSource.Estimated },
    };

    private static string? Unquoted(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }

    private static long Tokens(string text) => (Encoding.UTF8.GetByteCount(text) + 3) / 4;
}
