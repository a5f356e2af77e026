using System.Text;
using System.Text.Json.Nodes;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// A ledger as a recording. It has no bodies, so each call gets a stand-in that says what the ledger says: which model, in
/// which tier, streamed or not. What depends on the text can't be told from it.
/// </summary>
public static class LedgerRecording
{
    /// <param name="records">Read anew for each replay, oldest first.</param>
    /// <param name="count">How many there are.</param>
    public static Recording Of(Func<IEnumerable<InvocationRecord>> records, long count) =>
        new("ledger", count, hasBodies: false, () => records().Where(IsCall).Select(CallOf));

    /// <summary>Whether it is a caller's call of a model that has ended.</summary>
    public static bool IsCall(InvocationRecord record) =>
        record is { RequestedModel: not null, Outcome: not (Outcome.Interrupted or Outcome.Refused), IsQualitySample: false };

    private static RecordedCall CallOf(InvocationRecord record)
    {
        var wasPlaced = Acted(record, "place");
        var tier = wasPlaced ? ServiceTier.Default : record.Tier;
        var usage = UsageOf(record);
        return new RecordedCall
        {
            Place = ($"invocation {record.InvocationId}", 1),
            At = record.StartedAt,
            Operation = record.Operation,
            ModelId = record.RequestedModel!,
            Region = record.Region,
            Caller = record.KeyId,
            Tags = record.Tags,
            Error = usage is null ? null : ErrorOf(record),
            // A call whose counts are not known, or are not of tokens alone, has nothing that could be played.
            Request = usage is { Units.IsEmpty: true } ? StandIn(record, tier) : default,
            AsSent = usage,
            Cost = record.Cost,
            Duration = record.DurationMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            Tier = tier,
            LatencyOptimized = record.LatencyOptimized,
            StopReason = record.StopReason,
            IsStandIn = true,
        };
    }

    /// <summary>
    /// What the caller's own request used: of several attempts the last, and without the cache points that were Sluice's. An
    /// answer from memory has no counts, and neither has a call whose reply told none.
    /// </summary>
    private static Usage? UsageOf(InvocationRecord record)
    {
        if (record.Attempts is [] || record.Attempts[^1].Usage is not { } usage)
            return null;
        return Acted(record, "mark")
            ? usage with { Input = usage.ContextTokens, CacheRead = 0, CacheWrite5m = 0, CacheWrite1h = 0 }
            : usage;
    }

    private static string? ErrorOf(InvocationRecord record) =>
        record.Attempts[^1] is { Status: not (>= 200 and < 300), Usage: { ContextTokens: 0, Output: 0 } } failed ? failed.Error ?? record.Error ?? "error" : null;

    private static bool Acted(InvocationRecord record, string lever) => record.Decisions.Any(d => d.Lever == lever && !d.IsShadow);

    private static byte[] StandIn(InvocationRecord record, ServiceTier tier)
    {
        var text = record.InvocationId;
        JsonObject body = record.Dialect switch
        {
            Dialect.Converse => new() { ["messages"] = Turn(new JsonArray(new JsonObject { ["text"] = text })) },
            Dialect.Nova => new() { ["messages"] = Turn(new JsonArray(new JsonObject { ["text"] = text })) },
            Dialect.Anthropic => new() { ["anthropic_version"] = "bedrock-2023-05-31", ["messages"] = Turn(text) },
            _ => new() { ["messages"] = Turn(text) },
        };
        if (record.Dialect == Dialect.Converse && tier != ServiceTier.Default)
            body["serviceTier"] = new JsonObject { ["type"] = tier.Name() };
        if (record.Dialect == Dialect.Converse && record.LatencyOptimized)
            body["performanceConfig"] = new JsonObject { ["latency"] = "optimized" };
        if (record.Operation is Operation.ChatCompletions or Operation.Responses or Operation.Embeddings or Operation.Messages)
        {
            body["model"] = record.RequestedModel;
            body["stream"] = record.Streamed;
        }
        return Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    private static JsonArray Turn(JsonNode content) => [new JsonObject { ["role"] = "user", ["content"] = content }];
}
