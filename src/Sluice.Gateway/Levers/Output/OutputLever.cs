using System.Globalization;
using System.Text;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Output;

/// <summary>
/// Sets the limit of tokens that a task really needs, where the caller set none or far more: AWS reserves quota by it. Only
/// for plain replies, since one that the limit cuts is asked for again by <see cref="CutReplyStage"/>, and a stream can't be.
/// </summary>
public sealed class OutputLever(LearnedMaximum learned) : IRewritingLever
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

        var task = TaskOf(invocation);
        invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, task));
        whyNot = "a stream that was cut could not be asked for again";
        if (invocation.Request.Facts.Streamed)
            return null;
        whyNot = "too few replies of this task were seen, or the caller's limit is no higher than what it takes";
        if (learned.For(task, outline.MaxTokens ?? NoLimit) is not { } limit)
            return null;
        using var edits = new BodyEdits();
        whyNot = "the model has to think for longer than the learned limit";
        if (!MaxTokensEdits.Set(outline, limit, edits) || !edits.TryApply(invocation.Request.Body.Span, out var body))
            return null;

        whyNot = "";
        var request = invocation.Request with { Body = invocation.Own(body).Bytes, Facts = invocation.Request.Facts with { MaxTokens = limit } };
        var callers = outline.MaxTokens?.ToString(CultureInfo.InvariantCulture) ?? "no";
        return new Rewriting(request, string.Create(CultureInfo.InvariantCulture, $"limit {limit} tokens instead of {callers}"), shape => shape, shape => shape);
    }

    public void Refused(Invocation invocation) { }

    private void Learn(Invocation invocation, Settlement settlement, ulong task)
    {
        if (settlement.Record.Outcome != Outcome.Completed || settlement.Record.Attempts.IsEmpty || settlement.Final is not { IsEstimated: false } final)
            return;
        var wasCut = invocation.Effects.All.Any(e => e.Lever == Lever.Output.Name() && !e.IsShadow && e.Caused != default);
        learned.Observe(task, final.Usage.Output, wasCut);
    }

    /// <summary>The calls whose replies are alike in length: one caller's task on one model.</summary>
    private static ulong TaskOf(Invocation invocation)
    {
        var tags = invocation.Tags;
        var name = string.Join('\n', invocation.Caller.KeyId, tags.GetValueOrDefault("app"), tags.GetValueOrDefault("task"), invocation.Request.Model!.BaseModel ?? invocation.Request.Model.Raw);
        return ConversationKey.Hash(0, Encoding.UTF8.GetBytes(name));
    }
}
