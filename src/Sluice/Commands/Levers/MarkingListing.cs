using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Marking;
using Sluice.Output;

namespace Sluice.Commands.Levers;

/// <summary>What marking did, the same on the command line and over HTTP.</summary>
internal static class MarkingListing
{
    /// <summary>What a report is split by: <c>key</c>, <c>model</c>, and tags by their names.</summary>
    public static string[] Dimensions(string? list) =>
        (string.IsNullOrWhiteSpace(list) ? "app,task,model" : list).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Groups by their values, in order.</summary>
    public static IReadOnlyList<(string[] Group, MarkingTally Tally)> Groups(string[] by, IEnumerable<InvocationRecord> records)
    {
        var groups = new Dictionary<string, (string[] Group, MarkingTally Tally)>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            string[] group = [.. by.Select(dimension => Value(dimension, record))];
            var name = string.Join('\n', group);
            if (!groups.TryGetValue(name, out var entry))
                groups[name] = entry = (group, new MarkingTally());
            entry.Tally.Add(record);
        }
        return [.. groups.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Value).Where(g => g.Tally.Calls > 0)];
    }

    public static Listing OfLedger(string[] by, IReadOnlyList<(string[] Group, MarkingTally Tally)> groups)
    {
        var table = new Listing(
        [
            .. by, "calls", "marked_calls", "unknown_calls", "input_tokens", "read_tokens", "hit_percent", "write_tokens", "wasted_tokens_at_least",
            "premium_usd", "wasted_usd_at_least", "net_saving_usd", "verdict", "reason",
        ]);
        foreach (var (group, tally) in groups)
        {
            table.Add(
            [
                .. group, tally.Calls, tally.MarkedCalls, tally.UnknownCalls, tally.InputTokens, tally.ReadTokens, Percent(tally.HitShare), tally.WriteTokens, tally.WastedTokensAtLeast,
                tally.Premium, tally.WastedAtLeast, tally.NetSaving, Word(tally.Verdict), tally.Reason,
            ]);
        }
        return table;
    }

    /// <summary>The same in fewer columns, so that it fits a terminal.</summary>
    public static Listing ForPeople(string[] by, IReadOnlyList<(string[] Group, MarkingTally Tally)> groups)
    {
        var table = new Listing([.. by, "calls", "hit %", "wasted", "saved", "verdict"]);
        foreach (var (group, tally) in groups)
        {
            var names = group.Select(value => value.Length == 0 ? "(none)" : value);
            table.Add([.. names, tally.Calls, Percent(tally.HitShare), tally.WastedAtLeast, tally.NetSaving, Word(tally.Verdict)]);
        }
        return table;
    }

    /// <summary>What the running process has seen since it started.</summary>
    public static Listing Learned(IReadOnlyList<KeyValuePair<CachePartition, MarkingReport>> reports)
    {
        var table = new Listing(
            "key", "app", "model", "upstream", "profile", "calls", "input_tokens", "read_tokens", "hit_percent", "write_tokens", "wasted_tokens",
            "cost_percent", "verdict", "reason");
        foreach (var (partition, report) in reports.OrderByDescending(r => r.Value.InputTokens).ThenBy(r => r.Key.ToString(), StringComparer.Ordinal))
        {
            table.Add(
                partition.Tenant, partition.App, partition.Model, partition.Region, partition.Profile, report.Calls, report.InputTokens, report.ReadTokens, Percent(report.HitShare),
                report.ShortWriteTokens + report.HourWriteTokens, report.WastedTokens, Percent(report.CostRatio), Word(report.Verdict), report.Advice);
        }
        return table;
    }

    public static Listing Advice(IReadOnlyList<PrefixAdvice> advice)
    {
        var table = new Listing(
            "key", "app", "model", "upstream", "profile", "kind", "where", "from_byte", "to_byte", "calls", "tokens", "monthly_usd", "is_estimated", "first_seen", "last_seen", "fix");
        foreach (var item in advice)
        {
            var partition = item.Partition;
            table.Add(
                partition.Tenant, partition.App, partition.Model, partition.Region, partition.Profile, item.Kind, item.Where, item.FromByte, item.ToByte,
                item.Calls, item.Tokens, item.MonthlyCost is { } cost ? Money.FromUsd(decimal.Round(cost.Usd, 2)) : null, true,
                item.FirstSeen.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
                item.LastSeen.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture), item.Fix);
        }
        return table;
    }

    private static string Value(string dimension, InvocationRecord record) => dimension switch
    {
        "key" => record.KeyId ?? "",
        "model" => record.ServedModel ?? record.RequestedModel ?? "",
        _ => record.Tags.GetValueOrDefault(dimension, ""),
    };

    private static decimal Percent(decimal share) => decimal.Round(100 * share, 2);

    private static string Word(MarkingVerdict verdict) => verdict switch
    {
        MarkingVerdict.TooEarly => "too early",
        MarkingVerdict.Pays => "pays",
        MarkingVerdict.FindsNothing => "finds nothing",
        MarkingVerdict.Unsure => "unsure",
        _ => "TURN OFF HERE",
    };
}
