using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;

namespace Sluice.Insights.Savings;

/// <summary>How the answers of one arm turned out, to show that savings were not paid for in quality.</summary>
public sealed record ArmQuality(string Arm)
{
    public long Calls { get; set; }

    /// <summary>Replies cut off at the limit of tokens.</summary>
    public long Truncated { get; set; }

    public long Errors { get; set; }

    /// <summary>Replies that the model or a guardrail held back.</summary>
    public long HeldBack { get; set; }

    /// <summary>Calls whose caller sent them again within two minutes, or rather the second of the two.</summary>
    public long Repeated { get; set; }

    /// <summary>Calls that took more than one attempt.</summary>
    public long Retried { get; set; }

    public long OutputTokens { get; set; }

    public long Measured { get; set; }
}

/// <summary>Everything that a report on savings needs, from one pass over the calls. It keeps a line for each conversation.</summary>
public sealed class SavingsSummary
{
    private readonly Dictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);

    public SavingsTally All { get; } = new();

    public SortedDictionary<string, SavingsTally> ByGroup { get; } = new(StringComparer.Ordinal);

    public ArmQuality Treated { get; } = new("treated");

    public ArmQuality Control { get; } = new("control");

    /// <param name="records">All calls of a period.</param>
    /// <param name="tag">The tag that the report is split by, or null for no split.</param>
    public static SavingsSummary Of(IEnumerable<InvocationRecord> records, string? tag)
    {
        var summary = new SavingsSummary();
        foreach (var record in records)
            summary.Add(record, tag);
        return summary;
    }

    private void Add(InvocationRecord record, string? tag)
    {
        All.Add(record);
        if (tag is not null)
        {
            var group = record.Tags.GetValueOrDefault(tag, "");
            if (!ByGroup.TryGetValue(group, out var tally))
                ByGroup[group] = tally = new SavingsTally();
            tally.Add(record);
        }
        // A call that no lever looked at was not drawn, and stands in neither arm.
        if (record.Conversation is not { } name)
            return;
        Count(record.Control ? Control : Treated, record);
        if (!_conversations.TryGetValue(name, out var conversation))
            _conversations[name] = conversation = new Conversation();
        conversation.Add(record);
    }

    /// <summary>The claims against the control group; the same calls give the same report.</summary>
    public ControlReport Compare() => ControlReport.Of([.. _conversations.Values.Select(c => c.Measured())], new Random(1));

    private static void Count(ArmQuality arm, InvocationRecord record)
    {
        arm.Calls++;
        if (StopReasons.IsTruncated(record.StopReason))
            arm.Truncated++;
        if (record.StopReason is "refusal" or "guardrail_intervened" or "content_filtered" or "content_filter")
            arm.HeldBack++;
        if (record.Outcome == Outcome.UpstreamError)
            arm.Errors++;
        if (record.Repeat)
            arm.Repeated++;
        if (record.Attempts.Length > 1)
            arm.Retried++;
        if (record.Usage is { Output: > 0 } usage)
        {
            arm.OutputTokens += usage.Output;
            arm.Measured++;
        }
    }

    private sealed class Conversation
    {
        private readonly Dictionary<string, Money?> _claims = new(StringComparer.Ordinal);
        private Money? _cost = Money.Zero;
        private bool _isControl;
        private string? _heldBack;
        private long _bytes;

        public void Add(InvocationRecord record)
        {
            _isControl |= record.Control;
            _heldBack ??= record.HeldBack;
            _cost += record.Cost;
            _bytes += record.RequestBytes;
            foreach (var decision in record.Decisions)
            {
                if (!decision.IsShadow && decision.Lever != Decision.Limit)
                    _claims[decision.Lever] = _claims.GetValueOrDefault(decision.Lever, Money.Zero) + decision.Saving;
            }
        }

        public MeasuredConversation Measured() => new() { IsControl = _isControl, HeldBack = _heldBack, Cost = _cost, Size = Math.Max(1, _bytes), Claims = _claims };
    }
}
