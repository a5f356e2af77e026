using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Output;

/// <summary>
/// Sets the limit of tokens that a task really needs, where the caller set none or far more: AWS reserves quota by it. Only
/// for plain replies, since one that the limit cuts is asked for again by <see cref="CutReplyStage"/>, and a stream can't be.
/// Where the owner says so, it also tells the model to write less.
/// </summary>
public sealed class OutputLever(LearnedMaximum learned, TokenCalibration calibration) : IRewritingLever
{
    /// <summary>Stands for the model's own limit, where the caller leaves it at that: far above what a task takes.</summary>
    private const long NoLimit = 1_000_000;

    public Lever Lever => Lever.Output;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        var outline = invocation.Outline;
        whyNot = "the body is not one whose limit can be set";
        if (!outline.IsComplete || invocation.Request.Model is null)
            return null;
        // Asked a second time, the call goes at its caller's own limit.
        whyNot = "the learned limit cut the reply";
        if (invocation.Effects.Has(Lever.Output))
            return null;

        var options = invocation.Levers.Options.Output;
        var instruction = options.Instruction;
        var stops = options.StopSequences.Length > 0 && outline.Parameter(PromptParameter.StopSequences).IsNone;
        var isShadow = invocation.Levers.ModeOf(Lever.Output) == LeverMode.Shadow;
        var task = TaskOf(invocation, isShadow ? null : instruction, stops && !isShadow);
        invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, task));

        var (reasons, parameters) = (new List<string>(), new List<(PromptParameter, byte[])>());
        var limit = LimitFor(invocation, task, out whyNot);
        if (limit is { } set)
        {
            parameters.Add((PromptParameter.MaxTokens, Encoding.UTF8.GetBytes(set.ToString(CultureInfo.InvariantCulture))));
            var callers = outline.MaxTokens?.ToString(CultureInfo.InvariantCulture) ?? "no";
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"limit {set} tokens instead of {callers}"));
        }
        if (stops)
        {
            parameters.Add((PromptParameter.StopSequences, JsonSerializer.SerializeToUtf8Bytes(options.StopSequences, OutputJson.Default.ImmutableArrayString)));
            reasons.Add("stop sequences of the owner");
        }
        using var edits = new BodyEdits();
        if (instruction is not null && SystemEdits.Append(outline, instruction, edits))
            reasons.Add(options switch { { Brief: true, JsonOnly: true } => "asked for brief JSON", { Brief: true } => "asked to be brief", _ => "asked for JSON alone" });
        if (reasons.Count == 0 || (parameters.Count > 0 && !ParameterEdits.Set(outline, [.. parameters], edits)) || !edits.TryApply(invocation.Request.Body.Span, out var body))
            return null;

        whyNot = "";
        var added = instruction is null ? 0 : calibration.Estimate(invocation.Request.Model.BaseModel ?? "", TokenEstimator.Estimate(instruction)).Tokens;
        var usual = instruction is not null || stops ? learned.Mean(TaskOf(invocation, null, stops: false)) : null;
        var facts = invocation.Request.Facts;
        var request = invocation.Request with
        {
            Body = invocation.Own(body).Bytes,
            Facts = facts with { MaxTokens = limit ?? facts.MaxTokens, EstimatedInputTokens = facts.EstimatedInputTokens + added },
        };
        if (instruction is null && !stops)
            return new Rewriting(request, reasons[0], shape => shape, shape => shape);
        return new Rewriting(request, string.Join(", ", reasons), shape => AsUsual(shape, added, usual), shape => Shortened(shape, added));
    }

    public void Refused(Invocation invocation, InvocationRequest refused) { }

    /// <summary>What replies take without the instruction is what the instruction is measured by.</summary>
    public void LeftAlone(Invocation invocation)
    {
        if (invocation.Request.Model is null)
            return;
        var task = TaskOf(invocation, null, stops: false);
        invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, task));
    }

    private long? LimitFor(Invocation invocation, ulong task, out string whyNot)
    {
        var outline = invocation.Outline;
        whyNot = "a stream that was cut could not be asked for again";
        if (invocation.Request.Facts.Streamed)
            return null;
        whyNot = "too few replies of this task were seen, or the caller's limit is no higher than what it takes";
        if (learned.For(task, outline.MaxTokens ?? NoLimit) is not { } limit)
            return null;
        whyNot = "the model has to think for longer than the learned limit";
        return limit > (outline.ThinkingBudget ?? 0) ? limit : null;
    }

    /// <summary>The call without the instruction: what it took less, and for its reply the mean of those that were left alone, once there are any.</summary>
    private static CallShape AsUsual(CallShape shape, long added, double? usualOutput) => shape with
    {
        Usage = shape.Usage with
        {
            Input = Math.Max(0, shape.Usage.Input - added),
            Output = usualOutput is { } usual && shape.Usage.Output > 0 ? (long)Math.Round(usual) : shape.Usage.Output,
            Source = UsageSource.Estimated,
        },
    };

    /// <summary>In shadow nobody knows how much shorter the reply would have been; what the instruction itself costs is known.</summary>
    private static CallShape Shortened(CallShape shape, long added) => shape with
    {
        Usage = shape.Usage with { Input = shape.Usage.Input + added, Source = UsageSource.Estimated },
    };

    private void Learn(Invocation invocation, Settlement settlement, ulong task)
    {
        if (settlement.Record.Outcome != Outcome.Completed || settlement.Record.Attempts.IsEmpty || settlement.Final is not { IsEstimated: false } final)
            return;
        var wasCut = invocation.Effects.All.Any(e => e.Lever == Lever.Output.Name() && !e.IsShadow && e.Caused != default);
        learned.Observe(task, final.Usage.Output, wasCut);
    }

    /// <summary>The calls whose replies are alike in length: one caller's task on one model, told alike.</summary>
    private static ulong TaskOf(Invocation invocation, string? instruction, bool stops)
    {
        var tags = invocation.Tags;
        var name = string.Join(
            '\n', invocation.Caller.KeyId, tags.GetValueOrDefault("app"), tags.GetValueOrDefault("task"), invocation.Request.Model!.BaseModel ?? invocation.Request.Model.Raw,
            instruction, stops ? "stops" : null);
        return ConversationKey.Hash(0, Encoding.UTF8.GetBytes(name));
    }
}
