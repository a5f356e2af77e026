using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.OpenAi;

public sealed class OpenAiPagesTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AmountsAreReadAsNumbersAndAsText()
    {
        var result = _folder.ImportText("""
            {"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795219200,"results":[]},
             {"object":"bucket","start_time":1795219200,"end_time":1795305600,"results":[
              {"object":"organization.costs.result","amount":{"value":"0.8958740000000000","currency":"usd"},"line_item":"gpt-4o-2024-08-06, cached input","project_id":"proj_1","organization_id":"org-1"},
              {"object":"organization.costs.result","amount":{"value":0.06,"currency":"usd"},"line_item":"web search tool calls","project_id":null}]},
             {"object":"bucket","start_time":1795305600,"end_time":1795392000,"result":[{"object":"organization.costs.result","amount":{"value":1e-2,"currency":"usd"},"line_item":null,"project_id":null}]}],
             "has_more":false,"next_page":null}
            """, "costs.json");

        Assert.Equal((BillSource.OpenAi, 3, 0), (result.Source, result.Rows, result.SetAside));
        Assert.Equal([(UsageKind.CacheRead, 0.895874m, "gpt-4o-2024-08-06", "proj_1"), (null, 0.06m, "", ""), ((UsageKind?)null, 0.01m, "", "")],
            _folder.Rows().Select(r => (r.Facet.Kind, r.Amounts.Billed!.Value, r.Facet.Model, r.Facet.Project)));
        Assert.All(_folder.Rows(), r => Assert.Equal("USD", r.Facet.Currency));
        Assert.Equal("web search tool calls", Assert.Single(result.Unknown).UsageType);
    }

    [Theory]
    [InlineData("gpt-5.6-sol, cache write", UsageKind.CacheWrite5m, "tokens")]
    [InlineData("gpt-5.6-sol, input cache write", UsageKind.CacheWrite5m, "tokens")]
    [InlineData("gpt-5.6-sol, cache write 30m", UsageKind.CacheWrite5m, "tokens")]
    [InlineData("gpt-5.6-sol, input, cached", UsageKind.CacheRead, "tokens")]
    [InlineData("gpt-5.6-sol, text cached input", UsageKind.CacheRead, "tokens")]
    [InlineData("gpt-4o-mini-tts, audio output", UsageKind.OutputAudioToken, "audio tokens")]
    [InlineData("gpt-5.6-sol, cache write 7d", null, "units")]
    [InlineData("gpt-5.6-sol, cache storage", null, "units")]
    [InlineData("gpt-image-1, image input", null, "units")]
    public void TheWordsAfterTheModelSayTheKindOrNone(string item, UsageKind? kind, string unit)
    {
        var result = _folder.ImportText($$"""
            {"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795219200,"results":[
             {"object":"organization.costs.result","amount":{"value":0.1,"currency":"usd"},"line_item":"{{item}}"}]}],"has_more":false}
            """, "costs.json");

        var facet = Assert.Single(_folder.Rows()).Facet;
        Assert.Equal((kind, unit), (facet.Kind, facet.Unit));
        Assert.Equal(kind is null ? [(item, 0.1m)] : [], result.Unknown.Select(u => (u.UsageType, u.Billed!.Value)));
    }

    /// <summary>Input has the tokens of cache writes in it, as it has those of reads.</summary>
    [Fact]
    public void TokensWrittenToTheCacheAreNoPlainInput()
    {
        var result = _folder.ImportText("""
            {"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795136400,"results":[
             {"object":"organization.usage.completions.result","input_tokens":1000,"input_cached_tokens":100,"input_cache_write_tokens":850,"model":"gpt-5.6-sol"},
             {"object":"organization.usage.completions.result","input_tokens":10,"input_cached_tokens":5,"input_cache_write_tokens":6}]}],"has_more":false}
            """, "usage.json");

        Assert.Equal([(UsageKind.Input, 50m), (UsageKind.CacheRead, 100m), (UsageKind.CacheWrite5m, 850m)], _folder.Counted().Select(r => (r.Facet.Kind!.Value, r.Amounts.Quantity!.Value)));
        Assert.Contains("input_cache_write_tokens 6", Assert.Single(result.SetAsideRows).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void CachedTokensAreTakenOutOfTheInputThatIncludesThem()
    {
        var result = _folder.ImportText("""
            {"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795136400,"results":[
             {"object":"organization.usage.completions.result","input_tokens":1000,"output_tokens":500,"input_cached_tokens":800,"input_audio_tokens":0,"num_model_requests":5,"project_id":"proj_1","model":"gpt-4o","batch":true,"service_tier":"flex"},
             {"object":"organization.usage.completions.result","input_tokens":1,"input_cached_tokens":2}]}],"has_more":false}
            """, "usage.json");

        Assert.Equal((BillSource.OpenAiUsage, 4, 1), (result.Source, result.Rows, result.SetAside));
        Assert.Equal([(UsageKind.Input, 200m), (UsageKind.CacheRead, 800m), (UsageKind.Output, 500m), ((UsageKind?)null, 5m)], _folder.Counted().Select(r => (r.Facet.Kind, r.Amounts.Quantity!.Value)));
        Assert.All(_folder.Counted(), r => Assert.Equal((null, true, "flex"), (r.Amounts.Billed, r.Facet.IsBatch, r.Facet.Tier)));
    }

    [Fact]
    public void UsageBesideCostsDoublesNothing()
    {
        const string Bucket = """{"object":"page","data":[{"object":"bucket","start_time":1795132800,"end_time":1795219200,"results":[RESULT]}],"has_more":false}""";
        _folder.ImportText(Bucket.Replace("RESULT", """{"object":"organization.costs.result","amount":{"value":1,"currency":"usd"},"line_item":"gpt-4o, input","quantity":1000}""", StringComparison.Ordinal), "costs.json");
        var before = _folder.Rows();
        _folder.ImportText(Bucket.Replace("RESULT", """{"object":"organization.usage.completions.result","input_tokens":1000,"model":"gpt-4o"}""", StringComparison.Ordinal), "usage.json");

        Assert.Equal(before, _folder.Rows());
        Assert.Equal(1_000m, Assert.Single(_folder.Counted()).Amounts.Quantity);
    }
}
