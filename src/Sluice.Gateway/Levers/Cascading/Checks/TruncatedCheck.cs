using Sluice.Core.Invocations;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer ends at a limit of tokens.</summary>
public sealed class TruncatedCheck : IAnswerCheck
{
    public string Name => "truncated";

    public string? Objection(CheckedAnswer answer) => StopReasons.IsTruncated(answer.StopReason) ? "it was cut off at the limit of tokens" : null;
}
