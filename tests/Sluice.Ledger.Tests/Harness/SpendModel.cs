using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Ledger.Queries;

namespace Sluice.Ledger.Tests.Harness;

/// <summary>Spend as plain loops over the records compute it, to hold the database's answers against.</summary>
internal static class SpendModel
{
    public static List<SpendRow> Run(IEnumerable<InvocationRecord> records, SpendQuery query)
    {
        var byKind = query.GroupBy.Contains("kind") || query.Filters.ContainsKey("kind");
        var rows = new Dictionary<string, SpendRow>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (query.From is { } from && record.StartedAt < Hour(from))
                continue;
            if (query.To is { } to && record.StartedAt >= (Hour(to) == to ? to : Hour(to).AddHours(1)))
                continue;
            IEnumerable<UsageKind?> kinds = byKind ? UsageKinds.All.Where(k => Count(record, k) != 0 || Cost(record, k) != Money.Zero).Select(k => (UsageKind?)k) : [null];
            foreach (var kind in kinds)
            {
                if (query.Filters.Any(f => !f.Value.Any(v => Fits(Value(record, kind, f.Key), v))))
                    continue;
                var group = query.GroupBy.Select(d => Value(record, kind, d)).ToArray();
                var id = string.Join('\uffff', group);
                rows[id] = Add(rows.GetValueOrDefault(id, new SpendRow { Group = group }), record, kind);
            }
        }
        return [.. rows.Values];
    }

    private static SpendRow Add(SpendRow row, InvocationRecord record, UsageKind? kind)
    {
        var isEstimated = record.Usage?.Source == UsageSource.Estimated;
        var isSuspect = record.Usage is not null && record.UsageSuspect is not null;
        var cost = kind is { } k ? Cost(record, k) : record.Cost ?? Money.Zero;
        long Tokens(UsageKind one) => kind is null || kind == one ? (long)Count(record, one) : 0;
        return row with
        {
            Calls = row.Calls + (kind is null ? 1 : 0),
            UnpricedCalls = row.UnpricedCalls + (kind is null && record.Cost is null ? 1 : 0),
            EstimatedCalls = row.EstimatedCalls + (kind is null && isEstimated ? 1 : 0),
            SuspectCalls = row.SuspectCalls + (kind is null && isSuspect ? 1 : 0),
            SuspectQuantity = row.SuspectQuantity + (isSuspect && kind is { } counted ? Count(record, counted) : 0),
            Input = row.Input + Tokens(UsageKind.Input),
            CacheRead = row.CacheRead + Tokens(UsageKind.CacheRead),
            CacheWrite5m = row.CacheWrite5m + Tokens(UsageKind.CacheWrite5m),
            CacheWrite1h = row.CacheWrite1h + Tokens(UsageKind.CacheWrite1h),
            Output = row.Output + Tokens(UsageKind.Output),
            Units = row.Units + (kind is { } unit && !unit.IsToken() ? Count(record, unit) : 0),
            Cost = row.Cost + cost,
            EstimatedCost = row.EstimatedCost + (isEstimated ? cost : Money.Zero),
            EstimatedQuantity = row.EstimatedQuantity + (isEstimated && kind is { } of ? Count(record, of) : 0),
        };
    }

    private static decimal Count(InvocationRecord record, UsageKind kind) => record.Usage?.Count(kind) ?? 0;

    private static Money Cost(InvocationRecord record, UsageKind kind) => record.Cost is null ? Money.Zero : record.CostByKind.GetValueOrDefault(kind);

    private static bool Fits(string value, string pattern) =>
        pattern.EndsWith('*') ? value.StartsWith(pattern[..^1], StringComparison.Ordinal) : value == pattern;

    private static DateTimeOffset Hour(DateTimeOffset time) => new(time.Year, time.Month, time.Day, time.Hour, 0, 0, time.Offset);

    private static string Value(InvocationRecord record, UsageKind? kind, string dimension) => dimension switch
    {
        "key" => record.KeyId ?? "",
        "model" => record.ServedModel ?? record.RequestedModel ?? "",
        "operation" => record.Operation.ToString(),
        "region" => record.Region ?? "",
        "scope" => record.Scope.Name(),
        "tier" => record.Tier.Name(),
        "outcome" => record.Outcome.Name(),
        "kind" => kind!.Value.Name(),
        "hour" => Time(record, "yyyy-MM-dd'T'HH':00:00Z'"),
        "day" => Time(record, "yyyy-MM-dd"),
        "month" => Time(record, "yyyy-MM"),
        _ => record.Tags.GetValueOrDefault(dimension.StartsWith("tag:", StringComparison.Ordinal) ? dimension[4..] : dimension, ""),
    };

    private static string Time(InvocationRecord record, string format) => record.StartedAt.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
