using System.Collections.Immutable;
using System.Globalization;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Reconciling;

/// <summary>How sure the ledger is of a day and model.</summary>
/// <param name="Calls">All calls.</param>
/// <param name="Unknown">Of them, those whose usage or cost is not known.</param>
/// <param name="Estimated">Of them, those whose usage was estimated.</param>
/// <param name="Until">The end of the last hour that has any; null where that is not known.</param>
public readonly record struct LedgerCalls(long Calls, long Unknown, long Estimated = 0, DateTimeOffset? Until = null)
{
    public long Uncertain => Unknown + Estimated;
}

/// <summary>The ledger's side of a reconciliation.</summary>
public sealed record LedgerBook(ImmutableDictionary<LineKey, Side> Lines, ImmutableDictionary<(DateOnly Day, string Model), LedgerCalls> Calls)
{
    /// <summary>
    /// A reply that ended is billed, whether or not it told its usage: of its estimate no more than this part is in doubt. Of texts whose kind isn't
    /// known, nine of ten are estimated closer than that (docs/levers/trimming.md).
    /// </summary>
    private const decimal DoubtWhereEnded = 0.25m;

    /// <summary>From the ledger's hourly sums.</summary>
    /// <param name="from">First day.</param>
    /// <param name="to">First day no longer in it.</param>
    public static LedgerBook Read(LedgerReader ledger, DateOnly from, DateOnly to)
    {
        var (first, end) = (SpendQuery.StartOf(from), SpendQuery.StartOf(to));
        var lines = new Dictionary<LineKey, Side>();
        foreach (var row in ledger.Spend(new SpendQuery { From = first, To = end, GroupBy = ["day", "model", "scope", "tier", "kind", "outcome"] }))
        {
            if (!UsageKinds.TryParse(row.Group[4], out var kind))
                continue;
            var key = Key(Day(row.Group[0]), row.Group[1], row.Group[2], row.Group[3], kind);
            lines[key] = lines.GetValueOrDefault(key) + new Side(row.Quantity(kind), row.Cost.Usd, row.EstimatedQuantity * (row.Group[5] == Outcome.Completed.Name() ? DoubtWhereEnded : 1));
            if (row.SuspectQuantity > 0 && kind is UsageKind.CacheRead or UsageKind.CacheWrite5m or UsageKind.CacheWrite1h)
                lines[key with { Kind = UsageKind.Input }] = lines.GetValueOrDefault(key with { Kind = UsageKind.Input }) + new Side(0, 0, TwiceCounted: row.SuspectQuantity);
        }
        var calls = new Dictionary<(DateOnly, string), LedgerCalls>();
        foreach (var row in ledger.Spend(new SpendQuery { From = first, To = end, GroupBy = ["hour", "model"] }))
        {
            var hour = DateTimeOffset.Parse(row.Group[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            var key = (DateOnly.FromDateTime(hour.UtcDateTime), Canonical(row.Group[1]));
            var sum = calls.GetValueOrDefault(key);
            var until = sum.Until is { } last && last > hour.AddHours(1) ? last : hour.AddHours(1);
            calls[key] = new LedgerCalls(sum.Calls + row.Calls, sum.Unknown + row.UnpricedCalls, sum.Estimated + row.EstimatedCalls, until);
        }
        return new LedgerBook(lines.ToImmutableDictionary(), calls.ToImmutableDictionary());
    }

    /// <summary>Guardrails are charged to the account, whatever the model and tier of the call; all profiles that aren't global are one on a bill.</summary>
    internal static LineKey Key(DateOnly day, string model, string scope, string tier, UsageKind kind) =>
        kind is >= UsageKind.GuardrailContentUnit and <= UsageKind.GuardrailImageUnit
            ? new LineKey(day, "", "regional", ServiceTier.Default.Name(), kind)
            : new LineKey(day, Canonical(model), scope == Scope.Global.Name() ? "global" : "regional", tier, kind);

    private static string Canonical(string model) => PriceBook.Default.Models.Find(model)?.Id ?? model;

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd");
}
