using System.Diagnostics.CodeAnalysis;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Recalling;

/// <summary>Which answers may be given again: whole ones alone, no errors, none that was cut off or held back by a guardrail.</summary>
internal static class WholeAnswer
{
    /// <summary>The reasons to stop that mean that the model had finished, in the words of each family.</summary>
    private static readonly HashSet<string> Finished = new(StringComparer.OrdinalIgnoreCase)
    {
        "end_turn", "stop_sequence", "stop", "tool_use", "tool_calls", "complete", "finish",
    };

    /// <summary>The model had finished, by its reason to stop.</summary>
    public static bool IsFinished(string? stopReason) => Finished.Contains(stopReason ?? "");

    /// <param name="tee">What passed of the reply's frames.</param>
    /// <param name="record">As the invocation ended.</param>
    public static bool TryTake(Invocation invocation, Reply reply, ReplyTee tee, InvocationRecord record, DateTimeOffset now, [NotNullWhen(true)] out StoredReply? stored)
    {
        stored = null;
        // Converse says by its stop reason that a guardrail stepped in. InvokeModel says it among the model's own fields, under a
        // stop reason as of any other reply.
        if (invocation.Original.Facts.HasGuardrail && record.Operation is not (Operation.Converse or Operation.ConverseStream))
            return false;
        // Another caller may not be able to read what this one asked to have compressed.
        if (reply.IsCompressed)
            return false;
        // Who shared another call's answer, or was given a stored one, leaves the keeping to the call that it came of.
        if (!tee.IsWhole || !invocation.Attempts.HasCurrent || record.Outcome is not (Outcome.Completed or Outcome.ClientAborted) || record.Error is not null
            || record.Usage?.Source != UsageSource.Measured || !IsFinished(record.StopReason))
            return false;
        var isMarked = record.Decisions.Any(d => d.Lever == Lever.Mark.Name() && !d.IsShadow);
        stored = new StoredReply(reply.Status, [.. reply.Headers.Where(h => Describes(h.Key))], tee.Bytes.ToArray(), isMarked, now);
        return true;
    }

    /// <summary>The header says something of the answer and nothing of the one request that it came from.</summary>
    private static bool Describes(string name) =>
        !name.StartsWith("x-sluice-", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("x-amzn-requestid", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("request-id", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("date", StringComparison.OrdinalIgnoreCase);
}
