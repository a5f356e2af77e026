using System.Text.Json.Nodes;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Caching;

/// <summary>The rules of bedrock.md, section 3, seen through the usage that replies report. Sonnet 4.5 has a minimum of 1,024 tokens.</summary>
public sealed class PromptCachingTests
{
    private const string Point5m = """{"cachePoint":{"type":"default"}}""";
    private const string Point1h = """{"cachePoint":{"type":"default","ttl":"1h"}}""";

    private static string Text(int tokens, string word = "word") => $$"""{"text":"{{Words(tokens, word)}}"}""";

    private static string Body(string system, string content, string tools = "") =>
        $$$"""{{{{(tools.Length == 0 ? "" : $"\"toolConfig\":{{\"tools\":[{tools}]}},")}}}"system":[{{{system}}}],"messages":[{"role":"user","content":[{{{content}}}]}],"inferenceConfig":{"maxTokens":5}}""";

    private static async Task<(long Input, long Read, long Write)> UseAsync(SimulatedBedrock bedrock, string body, string model = Sonnet)
    {
        var usage = (await bedrock.ConverseAsync(model, body)).Json["usage"]!;
        return (usage["inputTokens"]!.GetValue<long>(), usage["cacheReadInputTokens"]!.GetValue<long>(), usage["cacheWriteInputTokens"]!.GetValue<long>());
    }

    [Fact]
    public async Task WritesAtTheFirstCallAndReadsAtTheSecond()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = Body($"{Text(1_500)},{Point5m}", Text(10));
        Assert.Equal((14, 0, 1_500), await UseAsync(bedrock, body));
        Assert.Equal((14, 1_500, 0), await UseAsync(bedrock, body));
    }

    [Fact]
    public async Task CountsTheMinimumOverTheWholePrefixAndCachesNothingBelowIt()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        // 1,000 of system alone are too few, twice.
        Assert.Equal((1_014, 0, 0), await UseAsync(bedrock, Body($"{Text(1_000)},{Point5m}", Text(10))));
        Assert.Equal((1_014, 0, 0), await UseAsync(bedrock, Body($"{Text(1_000)},{Point5m}", Text(10))));
        // With 24 tokens of message (20 words and 4 for the message itself) the same prefix reaches 1,024.
        Assert.Equal((0, 0, 1_024), await UseAsync(bedrock, Body(Text(1_000), $"{Text(20)},{Point5m}")));
        Assert.Equal((0, 1_024, 0), await UseAsync(bedrock, Body(Text(1_000), $"{Text(20)},{Point5m}")));
    }

    [Fact]
    public async Task AHitStartsTheLifetimeAnewAndWithoutOneItEnds()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = Body($"{Text(1_500)},{Point5m}", Text(10));
        await UseAsync(bedrock, body);
        bedrock.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal((14, 1_500, 0), await UseAsync(bedrock, body));
        bedrock.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal((14, 1_500, 0), await UseAsync(bedrock, body));
        bedrock.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((14, 0, 1_500), await UseAsync(bedrock, body));
    }

    [Fact]
    public async Task TellsApartWhatLivesAnHourAndReportsItFirst()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = Body($"{Text(2_000)},{Point1h}", $"{Text(300)},{Point5m},{Text(10)}");
        var usage = (await bedrock.ConverseAsync(Sonnet, body)).Json["usage"]!;
        Assert.Equal("""[{"inputTokens":2000,"ttl":"1h"},{"inputTokens":304,"ttl":"5m"}]""", usage["cacheDetails"]!.ToJsonString());
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((10, 0, 304, 2_000), (logged.Input, logged.CacheRead, logged.CacheWrite5m, logged.CacheWrite1h));

        bedrock.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal((10, 2_000, 304), await UseAsync(bedrock, body));
        bedrock.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((10, 2_000, 304), await UseAsync(bedrock, body));
    }

    [Fact]
    public async Task AChangeInTheToolsInvalidatesSystemAndMessages()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        static string Tool(string name) => """{"toolSpec":{"name":"NAME","inputSchema":{"json":{"type":"object"}}}}""".Replace("NAME", name, StringComparison.Ordinal);
        var (_, _, written) = await UseAsync(bedrock, Body($"{Text(2_000)},{Point5m}", Text(10), Tool("first")));
        Assert.True(written > 2_000);
        Assert.Equal(written, (await UseAsync(bedrock, Body($"{Text(2_000)},{Point5m}", Text(10), Tool("first")))).Read);
        Assert.Equal(0, (await UseAsync(bedrock, Body($"{Text(2_000)},{Point5m}", Text(10), Tool("other")))).Read);
    }

    [Fact]
    public async Task ReadsTheLongestPrefixAndWritesOnlyWhatIsNew()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        await UseAsync(bedrock, Body($"{Text(1_500)},{Point5m}", Text(10)));
        Assert.Equal((10, 1_500, 504), await UseAsync(bedrock, Body($"{Text(1_500)},{Point5m}", $"{Text(500)},{Point5m},{Text(10)}")));
        Assert.Equal((10, 2_004, 0), await UseAsync(bedrock, Body($"{Text(1_500)},{Point5m}", $"{Text(500)},{Point5m},{Text(10)}")));
    }

    [Theory]
    [InlineData(15, 1_504)]
    [InlineData(30, 0)] // beyond the 20 blocks that are looked back
    public async Task LooksBackAboutTwentyBlocksForAConversationThatGrew(int newBlocks, long read)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        await UseAsync(bedrock, Body("", $"{Text(1_500)},{Point5m}"));
        var grown = string.Join(',', Enumerable.Range(0, newBlocks).Select(i => Text(10, "w" + i)));
        Assert.Equal(read, (await UseAsync(bedrock, Body("", $"{Text(1_500)},{grown},{Point5m}"))).Read);
    }

    [Fact]
    public async Task NovaReadsOnlyAtItsOwnCheckpointsAndTakesNoneInTools()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        await UseAsync(bedrock, Body("", $"{Text(2_000)},{Point5m}"), Nova);
        Assert.Equal(0, (await UseAsync(bedrock, Body("", $"{Text(2_000)},{Text(10)},{Point5m}"), Nova)).Read);
        Assert.Equal(2_004, (await UseAsync(bedrock, Body("", $"{Text(2_000)},{Point5m}"), Nova)).Read);
        var refused = await bedrock.ConverseAsync(Nova, Body(Text(5), Text(5), """{"toolSpec":{"name":"a","inputSchema":{"json":{}}}},""" + Point5m));
        Assert.Equal("ValidationException", refused.Error.Name);
    }

    [Fact]
    public async Task IsNotSharedBetweenModelsProfilesOrRegions()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = Body($"{Text(1_500)},{Point5m}", Text(10));
        await UseAsync(bedrock, body);
        Assert.Equal(0, (await UseAsync(bedrock, body, "us.anthropic.claude-sonnet-4-5-20250929-v1:0")).Read);
        Assert.Equal(0, (await UseAsync(bedrock, body, "global.anthropic.claude-sonnet-4-6")).Read);
        var elsewhere = await bedrock.ConverseAsync(Sonnet, body, ("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=" + new string('0', 64)));
        Assert.Equal(0, elsewhere.Json["usage"]!["cacheReadInputTokens"]!.GetValue<long>());
    }

    [Fact]
    public async Task RefusesMoreThanFourCheckpointsAndAnHourBehindFiveMinutes()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var five = string.Join(',', Enumerable.Repeat($"{Text(5)},{Point5m}", 5));
        Assert.Contains("maximum of 4", (await bedrock.ConverseAsync(Sonnet, Body("", five))).Error.Message, StringComparison.Ordinal);
        Assert.Contains("must not come after", (await bedrock.ConverseAsync(Sonnet, Body($"{Text(5)},{Point5m}", $"{Text(5)},{Point1h}"))).Error.Message, StringComparison.Ordinal);
        Assert.Equal("ValidationException", (await bedrock.ConverseAsync("anthropic.claude-sonnet-4-20250514-v1:0", Body($"{Text(5)},{Point1h}", Text(5)))).Error.Name);
        Assert.Equal("AccessDeniedException", (await bedrock.ConverseAsync("qwen.qwen3-32b-v1:0", Body($"{Text(5)},{Point5m}", Text(5)))).Error.Name);
    }

    [Fact]
    public async Task ReportsTheSameCountsInAnthropicsAndNovasOwnBodies()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var messages = $$$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"system":[{"type":"text","text":"{{{Words(2_000)}}}","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[{"role":"user","content":"Hi"}]}""";
        var usage = (await bedrock.InvokeAsync(Sonnet, messages)).Json["usage"]!;
        Assert.Equal("""{"input_tokens":5,"cache_creation_input_tokens":2000,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":2000},"output_tokens":5}""", usage.ToJsonString());
        var read = await bedrock.InvokeAsync(Sonnet, messages);
        Assert.Equal(("5", "2000", "0"), (read.Headers["X-Amzn-Bedrock-Input-Token-Count"], read.Headers["X-Amzn-Bedrock-Cache-Read-Input-Token-Count"], read.Headers["X-Amzn-Bedrock-Cache-Write-Input-Token-Count"]));
        var metrics = (await bedrock.InvokeStreamAsync(Sonnet, messages))[^1]["amazon-bedrock-invocationMetrics"]!;
        Assert.Equal(2_000, metrics["cacheReadInputTokenCount"]!.GetValue<long>());

        var nova = $$$"""{"system":[{"text":"{{{Words(2_000)}}}","cachePoint":{"type":"default"}}],"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""";
        Assert.Equal(2_000, (await bedrock.InvokeAsync(Nova, nova)).Json["usage"]!["cacheWriteInputTokenCount"]!.GetValue<long>());
        Assert.Equal(2_000, (await bedrock.InvokeAsync(Nova, nova)).Json["usage"]!["cacheReadInputTokenCount"]!.GetValue<long>());
    }

    [Fact]
    public async Task TheResponsesApiReadsItsBreakpointsAndIncludesThemInItsInput()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var body = $$$"""{"model":"openai.gpt-5.6-terra","max_output_tokens":5,"input":[{"role":"user","content":[{"type":"input_text","text":"{{{Words(2_000)}}}","prompt_cache_breakpoint":{"mode":"explicit"}},{"type":"input_text","text":"Hi"}]}]}""";
        Assert.Equal("""{"cached_tokens":0,"cache_write_tokens":2004}""", (await bedrock.PostAsync("/openai/v1/responses", body)).Json["usage"]!["input_tokens_details"]!.ToJsonString());
        bedrock.Time.Advance(TimeSpan.FromMinutes(29));
        var usage = (await bedrock.PostAsync("/openai/v1/responses", body)).Json["usage"]!;
        Assert.Equal(2_005, usage["input_tokens"]!.GetValue<long>());
        Assert.Equal(2_004, usage["input_tokens_details"]!["cached_tokens"]!.GetValue<long>());
    }

    [Fact]
    public async Task WhiteSpaceOfTheJsonAndCacheMarkersAreNoPartOfThePrefix()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        await UseAsync(bedrock, Body($"{Text(1_500)},{Point5m}", Text(10)));
        var spaced = JsonNode.Parse(Body(Text(1_500), $"{Text(10)},{Point5m}"))!.ToJsonString(new() { WriteIndented = true });
        Assert.Equal((0, 1_500, 14), await UseAsync(bedrock, spaced));
    }

    [Fact]
    public async Task HoldsNoMoreCheckpointsThanItMay()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { MaxCachedPrefixes = 8 });
        for (var i = 0; i < 20; i++)
        {
            await UseAsync(bedrock, Body($"{Text(1_100, "w" + i)},{Point5m}", Text(1)));
            bedrock.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(0, (await UseAsync(bedrock, Body($"{Text(1_100, "w0")},{Point5m}", Text(1)))).Read);
        Assert.True((await UseAsync(bedrock, Body($"{Text(1_100, "w19")},{Point5m}", Text(1)))).Read > 0);
    }
}
