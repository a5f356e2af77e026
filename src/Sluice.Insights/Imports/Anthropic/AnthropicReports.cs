using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Anthropic;

/// <summary>Pages of Anthropic's Admin API: of the cost report, and of the usage report, which counts tokens. Which of the two, each result shows.</summary>
internal sealed class AnthropicReports : IJsonSource
{
    private const decimal CentsPerDollar = 100;

    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);

    public BillSource Source { get; private set; } = BillSource.Anthropic;

    public IReadOnlyList<string> Warnings => [.. _warnings];

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        if (!record.TryTime("starting_at", out var from) || !record.TryTime("ending_at", out var to))
        {
            rows.SetAside(record.NoTime("time such as 2026-11-20T00:00:00Z", "starting_at", "ending_at"));
            return;
        }
        foreach (var result in record.Items("results"))
        {
            if (result.Has("amount"))
                Cost(result, from, to, rows);
            else if (result.Has("uncached_input_tokens") || result.Has("output_tokens"))
                Usage(result, from, to, rows);
            else
                rows.SetAside("a result is neither of costs nor of usage");
        }
    }

    private void Cost(JsonElement result, DateTimeOffset from, DateTimeOffset to, JsonRows rows)
    {
        if (!result.TryAmount("amount", out var cents))
        {
            rows.SetAside($"amount '{result.Text("amount")}' is no number");
            return;
        }
        _warnings.Add("The cost report has no cost of the priority tier; it is on the invoice alone");
        rows.Identity.Add("source", "anthropic");
        foreach (var field in (string[])["currency", "workspace_id", "cost_type", "context_window", "description", "inference_geo", "model", "service_tier", "token_type"])
            rows.Identity.Add(field, result.Text(field));
        // Amounts are in the lowest unit of the currency: "123.45" is 1.2345 dollars.
        var amount = cents / CentsPerDollar;
        rows.Add(rows.Identity.Take(), new CostAmounts(from, to, null, amount, amount, null, null), () =>
        {
            var kind = Kind(result.Text("token_type"));
            var isTokens = result.Text("cost_type") == "tokens";
            return ModelNames.Of(
                Facet(result, BillSource.Anthropic) with
                {
                    Currency = result.Text("currency") is { Length: > 0 } currency ? currency.ToUpperInvariant() : "USD",
                    Kind = kind,
                    UsageType = result.Text("token_type") is { Length: > 0 } type ? type : result.Text("description") is { Length: > 0 } description ? description : result.Text("cost_type"),
                    Unit = kind is null ? "units" : "tokens",
                    Unknown = isTokens && kind is null ? "kind" : "",
                },
                result.Text("model"));
        });
    }

    private void Usage(JsonElement result, DateTimeOffset from, DateTimeOffset to, JsonRows rows)
    {
        Source = BillSource.AnthropicUsage;
        var written = result.Field("cache_creation");
        // Anthropic's uncached input leaves the cached tokens out already.
        Count("uncached_input_tokens", UsageKind.Input, result.Count("uncached_input_tokens"));
        Count("cache_read_input_tokens", UsageKind.CacheRead, result.Count("cache_read_input_tokens"));
        Count("cache_creation.ephemeral_5m_input_tokens", UsageKind.CacheWrite5m, written.Count("ephemeral_5m_input_tokens"));
        Count("cache_creation.ephemeral_1h_input_tokens", UsageKind.CacheWrite1h, written.Count("ephemeral_1h_input_tokens"));
        Count("output_tokens", UsageKind.Output, result.Count("output_tokens"));
        Count("web_search_requests", null, result.Field("server_tool_use").Count("web_search_requests"));

        void Count(string name, UsageKind? kind, decimal count)
        {
            if (count <= 0)
                return;
            rows.Identity.Add("source", "anthropic-usage").Add("count", name);
            foreach (var field in (string[])["api_key_id", "workspace_id", "model", "service_tier", "context_window", "inference_geo"])
                rows.Identity.Add(field, result.Text(field));
            rows.Add(rows.Identity.Take(), new CostAmounts(from, to, count, null, null, null, null), () => ModelNames.Of(
                Facet(result, BillSource.AnthropicUsage) with { Kind = kind, UsageType = name, Unit = kind is null ? "requests" : "tokens" },
                result.Text("model")));
        }
    }

    private static UsageKind? Kind(string type) => type switch
    {
        "uncached_input_tokens" => UsageKind.Input,
        "cache_read_input_tokens" => UsageKind.CacheRead,
        "cache_creation.ephemeral_5m_input_tokens" => UsageKind.CacheWrite5m,
        "cache_creation.ephemeral_1h_input_tokens" => UsageKind.CacheWrite1h,
        "output_tokens" => UsageKind.Output,
        _ => null,
    };

    private static CostFacet Facet(JsonElement result, BillSource source) => new()
    {
        Source = source,
        Provider = "Anthropic",
        Service = "Claude API",
        Developer = "Anthropic",
        Project = result.Text("workspace_id"),
        Principal = result.Text("api_key_id"),
        Region = result.Text("inference_geo"),
        Tier = result.Text("service_tier") is { Length: > 0 } tier && tier is not ("standard" or "batch") ? tier : ServiceTier.Default.Name(),
        IsBatch = result.Text("service_tier") == "batch",
        IsLongContext = result.Text("context_window") == "200k-1M",
        ChargeCategory = "Usage",
        IsGenerativeAi = true,
    };
}
