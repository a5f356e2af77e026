using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.BedrockLogs;

/// <summary>
/// Bedrock's model-invocation log: the tokens of each call by hour. A call is counted once, whichever files have it; the texts are not
/// looked at.
/// </summary>
internal sealed class InvocationLog : IJsonSource
{
    public BillSource Source => BillSource.BedrockLogs;

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        if (!record.TryTime("timestamp", out var at))
        {
            rows.SetAside(record.NoTime("time such as 2026-11-20T10:00:00Z", "timestamp"));
            return;
        }
        if (record.Text("modelId") is not { Length: > 0 } model)
        {
            rows.SetAside("modelId is missing; it is no line of a model-invocation log");
            return;
        }
        var (input, output) = (record.Field("input"), record.Field("output"));
        var written = input.Count("cacheWriteInputTokenCount");
        var hour = Math.Min(written, WrittenForAnHour(output.Field("outputBodyJson")));
        var id = record.Text("requestId");
        var key = new RecordKey(RowIdentity.Of(id.Length > 0 ? System.Text.Encoding.UTF8.GetBytes(id) : JsonMarshal.GetRawUtf8Value(record)), MayRepeat: false);
        var from = new DateTimeOffset(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour), TimeSpan.Zero);
        Count(UsageKind.Input, input.Count("inputTokenCount"));
        Count(UsageKind.CacheRead, input.Count("cacheReadInputTokenCount"));
        Count(UsageKind.CacheWrite5m, written - hour);
        Count(UsageKind.CacheWrite1h, hour);
        Count(UsageKind.Output, output.Count("outputTokenCount"));

        void Count(UsageKind kind, decimal tokens)
        {
            if (tokens <= 0)
                return;
            rows.Identity.Add("source", "bedrock-logs").Add("kind", kind.Name()).Add("model", model);
            foreach (var field in (string[])["accountId", "region", "operation", "requestMetadata"])
                rows.Identity.Add(field, record.Text(field));
            rows.Identity.Add("arn", record.Field("identity").Text("arn")).Add("tier", Tier(record));
            rows.Add(rows.Identity.Take(), new CostAmounts(from, from.AddHours(1), tokens, null, null, null, null), () => Describe(record, model, kind), key);
        }
    }

    private static CostFacet Describe(JsonElement record, string model, UsageKind kind)
    {
        var facet = ModelNames.OfBedrock(
            new CostFacet
            {
                Source = BillSource.BedrockLogs,
                Provider = "AWS",
                Service = "Amazon Bedrock",
                Kind = kind,
                Tier = Tier(record),
                Account = record.Text("accountId"),
                BillingAccount = record.Text("accountId"),
                Region = record.Text("region"),
                Principal = record.Field("identity").Text("arn"),
                Tags = JsonTags.Write(record.Pairs("requestMetadata")),
                UsageType = record.Text("operation"),
                ChargeCategory = "Usage",
                Unit = "tokens",
                IsGenerativeAi = true,
            },
            model);
        return facet.Family.Length > 0 ? facet : facet with { Unknown = $"model {facet.Model}" };
    }

    private static string Tier(JsonElement record) =>
        record.Text("serviceTier") is { Length: > 0 } tier && tier != "standard" ? tier : ServiceTier.Default.Name();

    /// <summary>
    /// The line counts all cache writes in one; which of them are kept for an hour stands only in the reply's own usage: of a plain reply, of
    /// the message that starts a stream, or of Converse by lifetime.
    /// </summary>
    private static decimal WrittenForAnHour(JsonElement reply)
    {
        if (reply.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in reply.EnumerateArray())
            {
                if (Of(part.Field("message").Field("usage")) is > 0 and var started)
                    return started;
                if (Of(part.Field("metadata").Field("usage")) is > 0 and var told)
                    return told;
            }
            return 0;
        }
        return Of(reply.Field("usage"));

        static decimal Of(JsonElement usage) => usage.Field("cache_creation").Count("ephemeral_1h_input_tokens")
            + usage.Items("cacheDetails").Where(d => d.Text("ttl") == "1h").Sum(d => d.Count("inputTokens"));
    }
}
