using System.Globalization;
using System.Text.Json;

namespace EndToEnd.Hosts;

/// <summary>The five disjoint counts.</summary>
internal sealed record Counts(long Input, long CacheRead, long CacheWrite5m, long CacheWrite1h, long Output);

/// <summary>One attempt as the export tells it.</summary>
internal sealed record LedgerAttempt(string Outcome, int? Status, string? RequestId, Counts? Counts, string? UsageSource, decimal? CostUsd);

/// <summary>What a lever did.</summary>
internal sealed record LedgerDecision(string Lever, decimal? SavingUsd, bool IsShadow);

/// <summary>
/// One line of <c>sluice ledger export</c>, read by the names that scripts may rely on and by none of the product's own code.
/// </summary>
internal sealed record LedgerEntry(
    string InvocationId, string? KeyId, string Operation, bool Streamed, string? RequestedModel, string? ServedModel, Counts? Counts,
    string? UsageSource, decimal? CostUsd, string Outcome, string? Error, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<LedgerAttempt> Attempts,
    decimal? BaselineUsd, IReadOnlyList<LedgerDecision> Decisions)
{
    public static LedgerEntry Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        return new LedgerEntry(
            root.GetProperty("invocation_id").GetString()!, Text(root, "key_id"), root.GetProperty("operation").GetString()!,
            root.GetProperty("streamed").GetBoolean(), Text(root, "requested_model"), Text(root, "served_model"), CountsOf(root), Text(root, "usage_source"),
            Dollars(root, "cost_usd"), root.GetProperty("outcome").GetString()!, Text(root, "error"),
            root.GetProperty("tags").EnumerateObject().ToDictionary(t => t.Name, t => t.Value.GetString()!),
            [.. root.GetProperty("attempts").EnumerateArray().Select(AttemptOf)], Dollars(root, "baseline_usd"),
            [.. root.GetProperty("decisions").EnumerateArray().Select(d => new LedgerDecision(d.GetProperty("lever").GetString()!, Dollars(d, "saving_usd"), d.GetProperty("shadow").GetBoolean()))]);
    }

    private static LedgerAttempt AttemptOf(JsonElement json) => new(
        json.GetProperty("outcome").GetString()!, json.GetProperty("status") is { ValueKind: JsonValueKind.Number } status ? status.GetInt32() : null,
        Text(json, "request_id"), CountsOf(json), Text(json, "usage_source"), Dollars(json, "cost_usd"));

    private static Counts? CountsOf(JsonElement json) => json.GetProperty("usage") is { ValueKind: JsonValueKind.Object } usage
        ? new Counts(
            usage.GetProperty("input").GetInt64(), usage.GetProperty("cache_read").GetInt64(), usage.GetProperty("cache_write_5m").GetInt64(),
            usage.GetProperty("cache_write_1h").GetInt64(), usage.GetProperty("output").GetInt64())
        : null;

    private static decimal? Dollars(JsonElement json, string name) =>
        json.GetProperty(name).GetString() is { } usd ? decimal.Parse(usd, NumberStyles.Float, CultureInfo.InvariantCulture) : null;

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
