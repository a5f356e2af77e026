using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Ledger.Sums;

/// <summary>What sums and lists take from a record, in one place so that they agree.</summary>
internal static class CallFacts
{
    /// <summary>The error of a group whose calls' errors have no plain name.</summary>
    private const string OtherError = "other";

    private const int MaxErrorLength = 64;

    /// <summary>No call costs or counts as much. An upstream that reports it must not make the sums overflow: such a cost counts as not known, such a count as this many.</summary>
    private const decimal MaxUsd = 10_000_000_000, MaxUnits = 1_000_000_000_000;

    public static bool IsPossible(Money amount) => Math.Abs(amount.Usd) < MaxUsd;

    /// <summary>Null if it is not known.</summary>
    public static Money? CostOf(InvocationRecord record) => record.Cost is { } cost && IsPossible(cost) ? cost : null;

    public static long QuantityMilli(Usage usage, UsageKind kind) => (long)(decimal.Clamp(usage.Count(kind), -MaxUnits, MaxUnits) * 1000);

    public static CallDoubt DoubtOf(InvocationRecord record) =>
        (record.Usage?.Source == UsageSource.Estimated ? CallDoubt.Estimated : CallDoubt.None)
        | (record.Usage is not null && record.UsageSuspect is not null ? CallDoubt.Suspect : CallDoubt.None)
        | (CostOf(record) is null ? CallDoubt.Unpriced : CallDoubt.None);

    /// <summary>An error's name. Names that upstreams make up are one, so that groups stay few.</summary>
    public static string ErrorOf(InvocationRecord record) => record.Error switch
    {
        null or "" => "",
        { Length: <= MaxErrorLength } name when name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') => name,
        _ => OtherError,
    };

    /// <summary>The status of the last attempt; null if no reply arrived.</summary>
    public static int? StatusOf(InvocationRecord record) => record.Attempts.IsEmpty ? null : record.Attempts[^1].Status;

    public static string ModelOf(InvocationRecord record) => record.ServedModel ?? record.RequestedModel ?? "";
}
