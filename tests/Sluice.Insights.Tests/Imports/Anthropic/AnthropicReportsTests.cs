using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Anthropic;

public sealed class AnthropicReportsTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Anthropic's API reference, cost report: amounts are in the lowest unit of the currency, "123.45" in USD being $1.23.</summary>
    [Fact]
    public void AmountsAreCentsAsText()
    {
        var result = _folder.ImportText("""
            {"data":[{"starting_at":"2026-11-20T00:00:00Z","ending_at":"2026-11-21T00:00:00Z","results":[
             {"amount":"123.45","currency":"USD","cost_type":"tokens","context_window":"0-200k","description":"Claude Sonnet 4 Usage - Input Tokens","model":"claude-sonnet-4-20250514","service_tier":"standard","token_type":"uncached_input_tokens","workspace_id":"wrkspc_1"},
             {"amount":"50","currency":"USD","cost_type":"tokens","context_window":"200k-1M","model":"claude-sonnet-4-20250514","service_tier":"batch","token_type":"cache_creation.ephemeral_1h_input_tokens"},
             {"amount":"1","currency":"USD","cost_type":"web_search","description":"Web Search Usage"}]}],"has_more":false,"next_page":null}
            """, "cost.json");

        Assert.Equal((BillSource.Anthropic, 3), (result.Source, result.Rows));
        Assert.Equal([(UsageKind.Input, 1.2345m, false), (UsageKind.CacheWrite1h, 0.5m, true), ((UsageKind?)null, 0.01m, false)], _folder.Rows().Select(r => (r.Facet.Kind, r.Amounts.Billed!.Value, r.Facet.IsBatch)));
        Assert.Equal(("anthropic.claude-sonnet-4-20250514-v1:0", "wrkspc_1", "Anthropic"), (_folder.Rows()[0].Facet.Model, _folder.Rows()[0].Facet.Project, _folder.Rows()[0].Facet.Provider));
        Assert.True(_folder.Rows()[1].Facet.IsLongContext);
        Assert.Contains("priority tier", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    /// <summary>The figures are those of Anthropic's API reference, messages usage report.</summary>
    [Fact]
    public void UncachedInputIsTakenAsItIs()
    {
        var result = _folder.ImportText("""
            {"data":[{"starting_at":"2026-11-20T00:00:00Z","ending_at":"2026-11-20T01:00:00Z","results":[{"api_key_id":"apikey_1","cache_creation":{"ephemeral_1h_input_tokens":1000,"ephemeral_5m_input_tokens":500},
             "cache_read_input_tokens":200,"context_window":"0-200k","model":"claude-sonnet-4-20250514","output_tokens":500,"server_tool_use":{"web_search_requests":10},"service_tier":"standard","uncached_input_tokens":1500,"workspace_id":"wrkspc_1"}]}],"has_more":false}
            """, "usage.json");

        Assert.Equal(BillSource.AnthropicUsage, result.Source);
        Assert.Equal([(UsageKind.Input, 1500m), (UsageKind.CacheRead, 200m), (UsageKind.CacheWrite5m, 500m), (UsageKind.CacheWrite1h, 1000m), (UsageKind.Output, 500m), ((UsageKind?)null, 10m)],
            _folder.Counted().Select(r => (r.Facet.Kind, r.Amounts.Quantity!.Value)));
        Assert.Empty(_folder.Rows());
    }
}
