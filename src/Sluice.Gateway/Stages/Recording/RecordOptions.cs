namespace Sluice.Gateway.Stages.Recording;

/// <summary>What happens to a call that can't be recorded.</summary>
public enum LedgerFailurePolicy
{
    /// <summary>It goes on unrecorded, and the ledger's health counts it. The default: the product works, the books have a hole that is known.</summary>
    Pass,

    /// <summary>It is refused with a 503 before it leaves: no unrecorded spending.</summary>
    Refuse,
}

public sealed record RecordOptions
{
    public LedgerFailurePolicy OnLedgerFailure { get; init; } = LedgerFailurePolicy.Pass;

    /// <summary>Plain replies up to this size are held until their cost is known, so that it can stand in a header. Larger ones pass as they come.</summary>
    public long MaxBufferedReplyBytes { get; init; } = 8 * 1024 * 1024;
}
