using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Serving;

/// <summary>Replies in the forms that the header x-simulator-form asks for, and what is billed of them.</summary>
public sealed class ReplyFormTests
{
    private const string Luna = "openai.gpt-5.6-luna";

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task ARepliesBytesAreTheSameUnderEveryCoding(string coding)
    {
        await using var bedrock = await StartAsync();
        await using var plain = await StartAsync();
        var coded = await bedrock.ConverseAsync(Nova, Ask("Hi"), ("x-simulator-form", coding));
        Assert.Equal(coding, coded.Headers["Content-Encoding"]);
        Assert.Equal((await plain.ConverseAsync(Nova, Ask("Hi"))).Text, Encoding.UTF8.GetString(Decoded(coding, coded.Body)));

        var path = $"/model/{Uri.EscapeDataString(Nova)}/converse-stream";
        var stream = await bedrock.PostAsync(path, Ask("Hi"), ("x-simulator-form", coding));
        Assert.Equal((coding, "application/vnd.amazon.eventstream"), (stream.Headers["Content-Encoding"], stream.Headers["Content-Type"]));
        Assert.Equal((await plain.PostAsync(path, Ask("Hi"))).Body, Decoded(coding, stream.Body));
        Assert.Equal(2, bedrock.Host.Bill.Calls);
    }

    [Fact]
    public async Task ServerSentEventsAreCompressedToo()
    {
        await using var bedrock = await StartAsync();
        var answer = await bedrock.PostAsync("/v1/responses", $$"""{"model":"{{Luna}}","input":"Hi","stream":true}""", ("x-simulator-form", "gzip"));
        Assert.Contains("event: response.completed\n", Encoding.UTF8.GetString(Decoded("gzip", answer.Body)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACompressedStreamThatIsCutIsNotBilled()
    {
        await using var bedrock = await StartAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => bedrock.PostAsync("/v1/responses", $$"""{"model":"{{Luna}}","input":"Hi","stream":true}""", ("x-simulator-form", "br"), ("x-simulator-fault", "cut-after=3")));
        Assert.Equal((SimulatedOutcome.Cut, false), ((await bedrock.LastLoggedAsync()).Outcome, (await bedrock.LastLoggedAsync()).Billed));
    }

    [Theory]
    [InlineData("/v1/responses", """{"model":"openai.gpt-5.6-luna","input":"Hi"}""", "output_tokens", "output_tokens_details")]
    [InlineData("/v1/chat/completions", """{"model":"openai.gpt-5.6-luna","messages":[{"role":"user","content":"Hi"}]}""", "completion_tokens", "completion_tokens_details")]
    public async Task HiddenReasoningIsOutputThatIsNotSeen(string path, string body, string output, string details)
    {
        await using var bedrock = await StartAsync();
        var plain = (await bedrock.PostAsync(path, body)).Json["usage"]!;
        var thought = (await bedrock.PostAsync(path, body, ("x-simulator-form", "hidden-reasoning=300"))).Json["usage"]!;
        Assert.Equal(plain[output]!.GetValue<long>() + 300, thought[output]!.GetValue<long>());
        Assert.Equal(300, thought[details]!["reasoning_tokens"]!.GetValue<long>());
        Assert.Equal(thought[output]!.GetValue<long>(), (await bedrock.LastLoggedAsync()).Output);
    }

    [Fact]
    public async Task HiddenReasoningStaysWithinTheLimitOfTheRequest()
    {
        await using var bedrock = await StartAsync();
        var usage = (await bedrock.PostAsync("/v1/responses", $$"""{"model":"{{Luna}}","input":"Hi","max_output_tokens":50}""", ("x-simulator-form", "hidden-reasoning=300"))).Json["usage"]!;
        Assert.Equal(50, usage["output_tokens"]!.GetValue<long>());
    }

    [Fact]
    public async Task ResponsesTellTheirSearchesApartFromPagesThatWereOpened()
    {
        await using var bedrock = await StartAsync();
        var json = (await bedrock.PostAsync("/v1/responses", $$"""{"model":"{{Luna}}","input":"Hi"}""", ("x-simulator-form", "web-search=2"))).Json;
        Assert.Equal(2, json["tool_usage"]!["web_search"]!["num_requests"]!.GetValue<int>());
        Assert.Equal(["search", "search", "open_page"], json["output"]!.AsArray().Where(i => i!["type"]!.GetValue<string>() == "web_search_call").Select(i => i!["action"]!["type"]!.GetValue<string>()));
        // 12 dollars for 1,000 searches of OpenAI's models (truefoundry/models#2159).
        var row = Assert.Single(bedrock.Host.Bill.Rows(), r => r.UsageType.EndsWith("-mantle-web-search-standard", StringComparison.Ordinal));
        Assert.Equal((2m, 0.024m), (row.Amount, row.CostUsd));
        Assert.Equal(2m, (await bedrock.LastLoggedAsync()).Units["web_search"]);
    }

    [Fact]
    public async Task MessagesCountTheirSearchesInTheUsage()
    {
        await using var bedrock = await StartAsync();
        const string Body = """{"model":"global.anthropic.claude-sonnet-4-5-20250929-v1:0","max_tokens":50,"messages":[{"role":"user","content":"Hi"}]""";
        var json = (await bedrock.PostAsync("/anthropic/v1/messages", Body + "}", ("x-simulator-form", "web-search=1"))).Json;
        Assert.Equal(1, json["usage"]!["server_tool_use"]!["web_search_requests"]!.GetValue<int>());
        Assert.Equal(["server_tool_use", "web_search_tool_result", "text"], json["content"]!.AsArray().Select(b => b!["type"]!.GetValue<string>()));
        var stream = (await bedrock.PostAsync("/anthropic/v1/messages", Body + ",\"stream\":true}", ("x-simulator-form", "web-search=1"))).Text;
        var delta = stream.Split('\n').Single(l => l.StartsWith("data: {\"type\":\"message_delta\"", StringComparison.Ordinal));
        Assert.Equal(1, JsonNode.Parse(delta[6..])!["usage"]!["server_tool_use"]!["web_search_requests"]!.GetValue<int>());
        // The book has no price of it: it stands on the bill without a cost.
        Assert.Equal(2, bedrock.Host.Bill.UnpricedCalls);
    }

    [Fact]
    public async Task NovaShowsItsGroundingAsToolUsesOfTheServer()
    {
        await using var bedrock = await StartAsync();
        var blocks = (await bedrock.ConverseAsync(Nova, Ask("Hi"), ("x-simulator-form", "web-search=2"))).Json["output"]!["message"]!["content"]!.AsArray();
        Assert.Equal(2, blocks.Count(b => b!["toolUse"]?["name"]!.GetValue<string>() == "nova_grounding" && b["toolUse"]!["type"]!.GetValue<string>() == "server_tool_use"));
        var events = await bedrock.ConverseStreamAsync(Nova, Ask("Hi"), ("x-simulator-form", "web-search=2"));
        Assert.Equal(2, events.Count(e => e.Json["start"]?["toolUse"]?["name"]!.GetValue<string>() == "nova_grounding"));
        Assert.Equal(2, events.Count(e => e.Json["start"]?["toolResult"] is not null));
    }

    [Fact]
    public async Task AGrossInputCountsWhatWasCachedTwiceAndIsBilledOnce()
    {
        await using var bedrock = await StartAsync();
        var body = $$$"""{"messages":[{"role":"user","content":[{"text":"{{{Words(2_000)}}}"},{"cachePoint":{"type":"default"}},{"text":"Hi"}]}]}""";
        var net = (await bedrock.ConverseAsync(Sonnet, body)).Json["usage"]!;
        var usage = (await bedrock.ConverseAsync(Sonnet, body, ("x-simulator-form", "gross-input"))).Json["usage"]!;
        long Of(JsonNode counts, string name) => counts[name]!.GetValue<long>();
        Assert.Equal(Of(net, "inputTokens") + Of(usage, "cacheReadInputTokens"), Of(usage, "inputTokens"));
        Assert.Equal(Of(usage, "inputTokens") + Of(usage, "outputTokens") + Of(usage, "cacheReadInputTokens"), Of(usage, "totalTokens"));
        Assert.Equal(Of(net, "inputTokens"), (await bedrock.LastLoggedAsync()).Input);
    }

    [Theory]
    [InlineData("gzipped")]
    [InlineData("gzip=1")]
    [InlineData("web-search")]
    [InlineData("web-search=0")]
    [InlineData("hidden-reasoning=many")]
    public async Task AFormThatIsNotKnownIsRefusedWithThoseThatAre(string form)
    {
        await using var bedrock = await StartAsync();
        Assert.Contains("gzip, deflate, br, zstd, hidden-reasoning=<tokens>", (await bedrock.ConverseAsync(Nova, Ask("Hi"), ("x-simulator-form", form))).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatADialectCannotShowIsRefusedAndNotBilled()
    {
        await using var bedrock = await StartAsync();
        Assert.Equal("ValidationException", (await bedrock.ConverseAsync(Sonnet, Ask("Hi"), ("x-simulator-form", "web-search=1"))).Error.Name);
        Assert.Equal(HttpStatusCode.BadRequest, (await bedrock.PostAsync("/v1/responses", $$"""{"model":"{{Luna}}","input":"Hi"}""", ("x-simulator-form", "gross-input"))).Status);
        Assert.Equal(0, bedrock.Host.Bill.Calls);
    }

    [Theory]
    [InlineData("amazon.nova-reel-v1:1", """{"taskType":"TEXT_VIDEO","videoGenerationConfig":{"durationSeconds":12}}""", 12, "0.96")]
    [InlineData("luma.ray-v2:0", """{"prompt":"p","duration":"9s","resolution":"540p"}""", 9, null)]
    public async Task TheSecondsOfAVideoAreBilledOnce(string model, string input, int seconds, string? usd)
    {
        await using var bedrock = await StartAsync();
        var body = $$$"""{"modelId":"{{{model}}}","modelInput":{{{input}}},"outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://bucket/key"}},"clientRequestToken":"once"}""";
        await bedrock.PostAsync("/async-invoke", body);
        await bedrock.PostAsync("/async-invoke", body);
        var row = Assert.Single(bedrock.Host.Bill.Rows());
        Assert.Equal((seconds, "Second"), ((int)row.Amount, row.PricingUnit));
        // Luma's videos have a price in us-west-2 alone.
        Assert.Equal(usd, row.CostUsd?.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, bedrock.Host.Bill.Calls);
    }

    private static byte[] Decoded(string coding, byte[] body)
    {
        using var source = new MemoryStream(body);
        using Stream stream = coding switch
        {
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            _ => new ZstdSharp.DecompressionStream(source),
        };
        using var plain = new MemoryStream();
        stream.CopyTo(plain);
        return plain.ToArray();
    }
}
