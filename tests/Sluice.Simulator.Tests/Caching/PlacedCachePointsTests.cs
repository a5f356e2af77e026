using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Caching;

/// <summary>Cache points that <see cref="CachePointEdits"/> puts into a body are taken and counted as those that a caller wrote.</summary>
public sealed class PlacedCachePointsTests
{
    private const CacheLifetimes Short = CacheLifetimes.FiveMinutes;
    private const CacheLifetimes Hour = CacheLifetimes.OneHour;

    [Fact]
    public async Task InConverseToolsSystemAndMessagesAreCachedAsFarAsTheyWereMarked()
    {
        await using var bedrock = await StartAsync();
        var body = $$$"""{"messages":[{"role":"user","content":[{"text":"{{{Words(300)}}}"},{"text":"{{{Words(10)}}}"}]}],"system":[{"text":"{{{Words(2_000)}}}"}],"toolConfig":{"tools":[{"toolSpec":{"name":"n","inputSchema":{"json":{"type":"object"} } } } ]},"inferenceConfig":{"maxTokens":5}}""";
        var marked = Mark(Dialect.Converse, body, new(0, Hour), new(1, Hour), new(2, Short));

        var plain = (await bedrock.ConverseAsync(Sonnet, body)).Json["usage"]!;
        var all = plain["inputTokens"]!.GetValue<long>();
        var written = (await bedrock.ConverseAsync(Sonnet, marked)).Json["usage"]!;
        var details = written["cacheDetails"]!.AsArray();
        Assert.Equal(["1h", "5m"], details.Select(d => d!["ttl"]!.GetValue<string>()));
        Assert.Equal([all - 314, 304], details.Select(d => d!["inputTokens"]!.GetValue<long>()));
        Assert.Equal(10, written["inputTokens"]!.GetValue<long>());

        var read = (await bedrock.ConverseAsync(Sonnet, marked)).Json["usage"]!;
        Assert.Equal((10, all - 10), (read["inputTokens"]!.GetValue<long>(), read["cacheReadInputTokens"]!.GetValue<long>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InAnthropicsBodyBareStringsAreCached(bool invoked)
    {
        await using var bedrock = await StartAsync();
        var head = invoked ? "\"anthropic_version\":\"bedrock-2023-05-31\"" : $"\"model\":\"{Sonnet}\"";
        var body = $$$"""{{{{head}}},"max_tokens":5,"system":"{{{Words(2_000)}}}","messages":[{"role":"user","content":"{{{Words(300)}}}"},{"role":"assistant","content":[{"type":"text","text":"{{{Words(20)}}}"}]},{"role":"user","content":"{{{Words(10)}}}"}]}""";
        var marked = Mark(Dialect.Anthropic, body, new(0, Hour), new(1, Short));
        var usage = await UseAsync(marked);
        Assert.Equal((2_000, 304), (usage["cache_creation"]!["ephemeral_1h_input_tokens"]!.GetValue<long>(), usage["cache_creation"]!["ephemeral_5m_input_tokens"]!.GetValue<long>()));
        Assert.Equal((await UseAsync(body))["input_tokens"]!.GetValue<long>() - 2_304, usage["input_tokens"]!.GetValue<long>());
        Assert.Equal(2_304, (await UseAsync(marked))["cache_read_input_tokens"]!.GetValue<long>());

        async Task<JsonNode> UseAsync(string sent) => (invoked ? await bedrock.InvokeAsync(Sonnet, sent) : await bedrock.PostAsync("/anthropic/v1/messages", sent)).Json["usage"]!;
    }

    [Fact]
    public async Task InNovasBodyTextBlocksAreCached()
    {
        await using var bedrock = await StartAsync();
        var body = $$$"""{"system":[{"text":"{{{Words(2_000)}}}"}],"messages":[{"role":"user","content":[{"text":"{{{Words(100)}}}"}]}]}""";
        var marked = Mark(Dialect.Nova, body, new(0, Hour), new(1, Short));
        Assert.Equal(2_104, (await bedrock.InvokeAsync(Nova, marked)).Json["usage"]!["cacheWriteInputTokenCount"]!.GetValue<long>());
        Assert.Equal(2_104, (await bedrock.InvokeAsync(Nova, marked)).Json["usage"]!["cacheReadInputTokenCount"]!.GetValue<long>());
    }

    [Fact]
    public async Task WhatWasAcceptedWithoutThemIsAcceptedWithAnyOfThem()
    {
        await using var bedrock = await StartAsync();
        var random = new Random(29);
        for (var round = 0; round < 300; round++)
        {
            var dialect = round % 2 == 0 ? Dialect.Converse : Dialect.Anthropic;
            var body = dialect == Dialect.Converse ? ConverseBody(random) : AnthropicBody(random);
            var before = await SendAsync(dialect, body);
            Assert.Equal(HttpStatusCode.OK, before.Status);
            // The second time, the points of the first are the caller's own.
            for (var pass = 0; pass < 2; pass++)
            {
                body = Mark(dialect, body, [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new CachePoint(random.Next(12), random.Next(2) == 0 ? Short : Hour))]);
                var after = await SendAsync(dialect, body);
                Assert.True(after.Status == HttpStatusCode.OK, $"{after.Text}\n{body}");
                // A tool's marker is counted with the tool's JSON here, so its tokens grow by that.
                if (!Regex.IsMatch(body, "input_schema[^]]*cache_control", RegexOptions.None, TimeSpan.FromSeconds(5)))
                    Assert.Equal(Total(before), Total(after));
            }
        }

        async Task<Answer> SendAsync(Dialect dialect, string sent) =>
            dialect == Dialect.Converse ? await bedrock.ConverseAsync(Sonnet, sent) : await bedrock.InvokeAsync(Sonnet, sent);

        static long Total(Answer answer)
        {
            var usage = answer.Json["usage"]!;
            return usage["totalTokens"] is not null
                ? Sum("inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
                : Sum("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");

            long Sum(params string[] names) => names.Sum(name => usage[name]!.GetValue<long>());
        }
    }

    private static string ConverseBody(Random random)
    {
        var tools = Join(random, i => $$$"""{"toolSpec":{"name":"n{{{i}}}","inputSchema":{"json":{"type":"object"} } } }""");
        var system = Join(random, _ => $$"""{"text":"{{Words(random.Next(1, 900))}}"}""");
        var content = Join(random, _ => random.Next(4) == 0 ? """{"image":{"format":"png","source":{"bytes":"AAAA"}}}""" : $$"""{"text":"{{Words(random.Next(1, 900))}}"}""");
        return $$$"""{"toolConfig":{"tools":[{{{tools}}}]},"system":[{{{system}}}],"messages":[{"role":"user","content":[{{{content}}}]}],"inferenceConfig":{"maxTokens":1}}""";
    }

    private static string AnthropicBody(Random random)
    {
        var tools = Join(random, i => $$$"""{"name":"n{{{i}}}","input_schema":{"type":"object"}}""");
        var system = random.Next(2) == 0 ? $"\"{Words(random.Next(1, 900))}\"" : $"[{Join(random, _ => $$"""{"type":"text","text":"{{Words(random.Next(1, 900))}}"}""")}]";
        if (random.Next(2) == 0)
            return Body($$"""{"role":"user","content":"{{Words(random.Next(1, 900))}}"}""");
        var count = random.Next(1, 4);
        var uses = string.Join(',', Enumerable.Range(0, count).Select(i => $$$"""{"type":"tool_use","id":"{{{i}}}","name":"n0","input":{}}"""));
        var results = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"type":"tool_result","tool_use_id":"{{i}}","content":"{{Words(random.Next(1, 900))}}"}"""));
        return Body($$"""{"role":"user","content":"Hi"},{"role":"assistant","content":[{{uses}}]},{"role":"user","content":[{{results}}]}""");

        string Body(string messages) =>
            $$$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"tools":[{{{tools}}}],"system":{{{system}}},"messages":[{{{messages}}},{"role":"assistant","content":"{{{Words(random.Next(1, 900))}}}"}]}""";
    }

    private static string Join(Random random, Func<int, string> item) =>
        string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(i => item(i).ToString(CultureInfo.InvariantCulture)));

    private static string Mark(Dialect dialect, string body, params CachePoint[] points)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var outline = PromptOutline.Read(dialect, bytes);
        using var edits = new BodyEdits();
        CachePointEdits.Insert(outline, points, edits);
        Assert.True(edits.TryApply(bytes, out var edited));
        using (edited)
            return Encoding.UTF8.GetString(edited.Bytes.Span);
    }
}
