using System.Text.Json.Nodes;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Marking.Normalising;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;

namespace Sluice.Gateway.Tests.Levers.Marking;

/// <summary>What leaves for AWS, over random conversations with tools, at random gaps: its points obey AWS's rules, and without them it is the request that came.</summary>
public sealed class MarkLeverPropertyTests
{
    private const string Model = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";

    private static readonly string Filler = string.Concat(Enumerable.Range(0, 500).Select(i => $"word{i} "));

    [Theory]
    [InlineData(1, true, NormaliseKinds.None)]
    [InlineData(2, false, NormaliseKinds.None)]
    [InlineData(3, true, NormaliseKinds.ToolKeyOrder)]
    [InlineData(4, false, NormaliseKinds.ToolKeyOrder)]
    public async Task PointsAreFewInOrderAndAllThatIsAdded(int seed, bool isConverse, NormaliseKinds normalise)
    {
        var random = new Random(seed);
        using var gateway = new LeverHarness(new LeverOptions { Mark = new MarkingOptions { Normalise = normalise } }.With(Lever.Mark, LeverMode.On));
        var turns = new int[6];
        var marked = 0;
        for (var i = 0; i < 150; i++)
        {
            gateway.Time.Advance(random.Next(8) == 0 ? TimeSpan.FromMinutes(random.Next(20)) : TimeSpan.FromSeconds(random.Next(30)));
            var conversation = random.Next(turns.Length);
            var sent = isConverse ? Converse(conversation, turns[conversation]++, random) : Anthropic(conversation, turns[conversation]++, random);
            await gateway.CallAsync(new Question(Model + (isConverse ? "converse" : "invoke"), sent));

            var body = JsonNode.Parse(gateway.Upstream.Arrivals[^1].Body)!;
            var lifetimes = new List<string>();
            foreach (var section in (string[])(isConverse ? ["toolConfig", "system", "messages"] : ["tools", "system", "messages"]))
                Take(body[section], lifetimes);
            Assert.InRange(lifetimes.Count, 0, 4);
            Assert.Equal(lifetimes, lifetimes.OrderBy(l => l == "1h" ? 0 : 1));
            marked += lifetimes.Count > 0 ? 1 : 0;
            if (!isConverse && body["system"] is JsonArray { Count: 1 } system)
                body["system"] = system[0]!["text"]!.DeepClone();
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(sent), body));
        }
        Assert.True(marked > 30, $"{marked} of 150 were marked");
    }

    /// <summary>Takes the points out, in their order.</summary>
    private static void Take(JsonNode? node, List<string> lifetimes)
    {
        if (node is JsonArray array)
        {
            for (var i = 0; i < array.Count; i++)
            {
                if (array[i] is JsonObject block && block["cachePoint"] is { } point)
                {
                    lifetimes.Add(point["ttl"]?.GetValue<string>() ?? "5m");
                    array.RemoveAt(i--);
                }
                else
                {
                    Take(array[i], lifetimes);
                }
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var name in members.Select(m => m.Key).ToList())
            {
                if (name == "cache_control")
                {
                    lifetimes.Add(members[name]!["ttl"]?.GetValue<string>() ?? "5m");
                    members.Remove(name);
                }
                else
                {
                    Take(members[name], lifetimes);
                }
            }
        }
    }

    private static string Schema(Random random) => random.Next(2) == 0 ? """{"type":"object","required":["a"]}""" : """{"required":["a"],"type":"object"}""";

    private static string Converse(int conversation, int turn, Random random)
    {
        var tools = Enumerable.Range(0, 3).Select(i => $$$"""{"toolSpec":{"name":"tool{{{i}}}","description":"{{{Filler}}}","inputSchema":{"json":{{{Schema(random)}}} } } }""");
        var messages = Enumerable.Range(0, (2 * turn) + 1).Select(i => $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":[{"text":"{{conversation}} {{i}} {{Filler}}"}]}""");
        return $$$"""{"toolConfig":{"tools":[{{{string.Join(',', tools)}}}]},"system":[{"text":"{{{Filler}}}"},{"text":"more"}],"messages":[{{{string.Join(',', messages)}}}]}""";
    }

    private static string Anthropic(int conversation, int turn, Random random)
    {
        var tools = Enumerable.Range(0, 3).Select(i => $$$"""{"name":"tool{{{i}}}","description":"{{{Filler}}}","input_schema":{{{Schema(random)}}} }""");
        var messages = Enumerable.Range(0, (2 * turn) + 1).Select(i => $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":[{"type":"text","text":"{{conversation}} {{i}} {{Filler}}"}]}""");
        return $$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"tools":[{{string.Join(',', tools)}}],"system":"{{Filler}}","messages":[{{string.Join(',', messages)}}]}""";
    }
}
