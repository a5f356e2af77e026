using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>
/// Sends data in fewer tokens. It looks at what users and tools put into messages; instructions, the model's own words and
/// tool definitions stay as they are. How many tokens were saved is an estimate, calibrated by what AWS counts.
/// </summary>
/// <param name="check">Null where nobody can be asked.</param>
public sealed class TrimLever(TokenCalibration calibration, TokenCheck? check) : IRewritingLever
{
    /// <summary>A shorter text can't save what looking at it costs, in bytes.</summary>
    private const int MinTextBytes = 200;

    /// <summary>An estimate that is nearer than this is near enough not to ask.</summary>
    private const double GoodError = 0.03;

    public Lever Lever => Lever.Trim;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        var outline = invocation.Outline;
        var body = invocation.Request.Body.Span;
        whyNot = "the body is not one whose texts can be told apart";
        if (!outline.IsComplete)
            return null;

        var options = invocation.Levers.Options.Trim;
        var trimmer = new RequestTrimmer(options);
        using var edits = new BodyEdits();
        var kinds = TrimKinds.None;
        var (before, after) = (new List<TokenEstimate>(), new List<TokenEstimate>());
        foreach (var (index, token) in outline.Texts)
        {
            ref readonly var block = ref outline.Blocks[index];
            if (block.Section != PromptSection.Messages || block.Role is not (PromptRole.User or PromptRole.Tool) || token.Length < MinTextBytes
                || Unquoted(token.In(body)) is not { } text)
                continue;
            var result = trimmer.Trim(text, IsMarked(block, options));
            if (!result.IsChanged)
                continue;
            var replacement = Encoding.UTF8.GetBytes("\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(result.Text) + "\"");
            if (replacement.Length >= token.Length)
                continue;
            edits.Replace(token, replacement);
            kinds |= result.Kinds;
            before.Add(TokenEstimator.Estimate(text));
            after.Add(TokenEstimator.Estimate(result.Text));
        }
        whyNot = "no text in a user's or tool's turn is data beyond doubt that could be written in fewer tokens";
        var model = invocation.Request.Model?.BaseModel ?? "";
        if (edits.IsEmpty || Saved(model, before, after) is not (> 0 and var saved) || !edits.TryApply(body, out var edited))
            return null;

        whyNot = "";
        if (model.Length > 0)
            invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, model, before));
        var request = invocation.Request with
        {
            Body = invocation.Own(edited).Bytes,
            Facts = invocation.Request.Facts with { EstimatedInputTokens = Math.Max(0, invocation.Request.Facts.EstimatedInputTokens - saved) },
        };
        return new Rewriting(
            request, $"{kinds.ToString().ToLowerInvariant()}: about {Tokens(model, before)} tokens to {Tokens(model, after)}",
            shape => Add(shape, Saved(model, before, after)), shape => Add(shape, -saved));
    }

    public void Refused(Invocation invocation, InvocationRequest refused) { }

    private static bool IsMarked(in PromptBlock block, TrimOptions options) =>
        block.Role == PromptRole.Tool || block.Kind == BlockKind.ToolResult ? options.ToolResults : options.UserTexts;

    /// <summary>Where the estimate of what was trimmed is still rough, has AWS count the prompt as it was.</summary>
    private void Learn(Invocation invocation, Settlement settlement, string model, List<TokenEstimate> before)
    {
        if (settlement.Final is not { IsEstimated: false, Usage: var usage } || invocation.Outline.HasImages)
            return;
        calibration.Observe(model, [.. AllTexts(invocation.Request)], usage.ContextTokens);
        if (calibration.Estimate(model, [.. before]).RelativeError < GoodError)
            return;
        var original = invocation.Original;
        check?.Add(new UncheckedPrompt(invocation.Upstream, model, original.Operation, original.Body.ToArray(), AllTexts(original)));
    }

    private static List<TokenEstimate> AllTexts(InvocationRequest request)
    {
        using var outline = PromptOutline.Read(request.Facts.Dialect, request.Body.Span);
        var texts = new List<TokenEstimate>();
        foreach (var (_, token) in outline.Texts)
        {
            if (Unquoted(token.In(request.Body.Span)) is { } text)
                texts.Add(TokenEstimator.Estimate(text));
        }
        return texts;
    }

    private long Saved(string model, List<TokenEstimate> before, List<TokenEstimate> after) => Tokens(model, before) - Tokens(model, after);

    private long Tokens(string model, List<TokenEstimate> texts) => calibration.Estimate(model, [.. texts]).Tokens;

    private static CallShape Add(CallShape shape, long tokens) => shape with
    {
        Usage = shape.Usage with { Input = Math.Max(0, shape.Usage.Input + tokens), Source = UsageSource.Estimated },
    };

    private static string? Unquoted(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
    }
}
