using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.OpenAi;

/// <summary>
/// Pages of OpenAI's organization API: of <c>costs</c>, which the invoice follows, and of <c>usage</c>, which counts tokens and need not agree
/// with it. Which of the two, each result says itself.
/// </summary>
internal sealed class OpenAiPages : IJsonSource
{
    public BillSource Source { get; private set; } = BillSource.OpenAi;

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        if (!record.TryTime("start_time", out var from) || !record.TryTime("end_time", out var to))
        {
            rows.SetAside(record.NoTime("time such as 1795132800", "start_time", "end_time"));
            return;
        }
        // The API has 'results'; its older description says 'result'.
        foreach (var result in record.Items("results").Concat(record.Items("result")))
        {
            if (result.Text("object").StartsWith("organization.usage.", StringComparison.Ordinal))
                Usage(result, from, to, rows);
            else if (result.Has("amount"))
                Cost(result, from, to, rows);
            else
                rows.SetAside($"a result is neither of costs nor of usage but '{result.Text("object")}'");
        }
    }

    private static void Cost(JsonElement result, DateTimeOffset from, DateTimeOffset to, JsonRows rows)
    {
        // The value is a number by the description and text with sixteen decimals in life.
        if (!result.Field("amount").TryAmount("value", out var amount) || !result.TryAmount("quantity", out var quantity))
        {
            rows.SetAside($"amount '{result.Field("amount").Text("value")}' is no number");
            return;
        }
        var currency = result.Field("amount").Text("currency");
        rows.Add(IdentityOfCost(rows.Identity, name => result.Text(name), currency), new CostAmounts(from, to, quantity, amount, amount, null, null), () => DescribeCost(name => result.Text(name), currency));
    }

    /// <summary>The same for a cost of the API and of the dashboard.</summary>
    public static UInt128 IdentityOfCost(RowIdentity identity, Func<string, string> field, string currency)
    {
        identity.Add("source", "openai").Add("currency", currency);
        foreach (var name in (string[])["organization_id", "project_id", "api_key_id", "user_id", "line_item"])
            identity.Add(name, field(name));
        return identity.Take();
    }

    public static CostFacet DescribeCost(Func<string, string> field, string currency)
    {
        // "gpt-4o-2024-08-06, cached input": the model, then what of it.
        var item = field("line_item");
        var comma = item.IndexOf(", ", StringComparison.Ordinal);
        var kind = comma < 0 ? null : Kind(item[(comma + 2)..]);
        var facet = Facet(field, BillSource.OpenAi) with
        {
            Currency = currency.ToUpperInvariant(),
            Kind = kind,
            UsageType = item,
            Tier = kind is null ? "" : ServiceTier.Default.Name(),
            Unit = TokenUnits.Of(kind) ?? "units",
            Unknown = item.Length > 0 && kind is null ? "kind" : "",
        };
        return comma < 0 ? facet : ModelNames.Of(facet, item[..comma]);
    }

    /// <summary>By the words after the model, in whatever order; any that is not known leaves the kind unknown.</summary>
    private static UsageKind? Kind(string text)
    {
        var words = text.ToLowerInvariant().Split([' ', ',', '-', '_'], StringSplitOptions.RemoveEmptyEntries).Where(w => w is not ("text" or "tokens")).Order(StringComparer.Ordinal);
        return string.Join(' ', words) switch
        {
            "input" => UsageKind.Input,
            "cached input" or "cache input read" or "cache read" => UsageKind.CacheRead,
            // OpenAI's writes last 30 minutes, the shortest that there is.
            "cache write" or "cache writes" or "cache input write" or "cache input writes" or "cached input write" or "30m cache write" or "30m cache input write" => UsageKind.CacheWrite5m,
            "output" => UsageKind.Output,
            "audio input" => UsageKind.InputAudioToken,
            "audio output" => UsageKind.OutputAudioToken,
            _ => null,
        };
    }

    private void Usage(JsonElement result, DateTimeOffset from, DateTimeOffset to, JsonRows rows)
    {
        Source = BillSource.OpenAiUsage;
        var (input, cached, written) = (result.Count("input_tokens"), result.Count("input_cached_tokens"), result.Count("input_cache_write_tokens"));
        if (cached + written > input)
        {
            rows.SetAside($"input_cached_tokens {cached} and input_cache_write_tokens {written} are more than the input_tokens {input} that they are part of");
            return;
        }
        // OpenAI's input has the tokens of the cache in it; the store's has not.
        Count("input_tokens", UsageKind.Input, input - cached - written);
        Count("input_cached_tokens", UsageKind.CacheRead, cached);
        Count("input_cache_write_tokens", UsageKind.CacheWrite5m, written);
        Count("output_tokens", UsageKind.Output, result.Count("output_tokens"));
        Count("input_audio_tokens", UsageKind.InputAudioToken, result.Count("input_audio_tokens"));
        Count("output_audio_tokens", UsageKind.OutputAudioToken, result.Count("output_audio_tokens"));
        Count("num_model_requests", null, result.Count("num_model_requests"));

        void Count(string name, UsageKind? kind, decimal count)
        {
            if (count <= 0)
                return;
            rows.Identity.Add("source", "openai-usage").Add("count", name);
            foreach (var field in (string[])["object", "project_id", "user_id", "api_key_id", "model", "batch", "service_tier"])
                rows.Identity.Add(field, result.Text(field));
            rows.Add(rows.Identity.Take(), new CostAmounts(from, to, count, null, null, null, null), () => ModelNames.Of(
                Facet(name => result.Text(name), BillSource.OpenAiUsage) with
                {
                    Kind = kind,
                    UsageType = name,
                    Tier = result.Text("service_tier") is { Length: > 0 } tier ? tier : ServiceTier.Default.Name(),
                    IsBatch = result.Field("batch").ValueKind == JsonValueKind.True,
                    Unit = TokenUnits.Of(kind) ?? "requests",
                },
                result.Text("model")));
        }
    }

    private static CostFacet Facet(Func<string, string> field, BillSource source) => new()
    {
        Source = source,
        Provider = "OpenAI",
        Service = "OpenAI API",
        Developer = "OpenAI",
        Account = field("organization_id"),
        Project = field("project_id"),
        Principal = field("api_key_id") is { Length: > 0 } key ? key : field("user_id"),
        ChargeCategory = "Usage",
        IsGenerativeAi = true,
    };
}
