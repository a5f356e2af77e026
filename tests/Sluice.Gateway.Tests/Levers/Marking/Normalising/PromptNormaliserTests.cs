using System.Text;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Marking.Normalising;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;

namespace Sluice.Gateway.Tests.Levers.Marking.Normalising;

public sealed class PromptNormaliserTests
{
    private const NormaliseKinds All = NormaliseKinds.Whitespace | NormaliseKinds.ToolKeyOrder | NormaliseKinds.ToolOrder;
    private const string Sonnet = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";

    [Fact]
    public void ConverseToolsAreSortedAndAllElseStaysByteForByte()
    {
        const string Body = """{ "toolConfig":{"tools":[{"toolSpec":{"name":"put","inputSchema":{"json":{"type":"object", "properties":{"b":{"type":"number","default":1.50},"a":{"x":"é\u00e9"}},"required":["b","a"]}}}}, {"toolSpec":{"description":"d","name":"get","inputSchema":{"json":{}}}}]}, "messages":[{"role":"user","content":[{"text":"two  blanks"}]}],"system":[{"text":"It  is 10:00 "}]}""";
        const string Form = """{ "toolConfig":{"tools":[{"toolSpec":{"description":"d","name":"get","inputSchema":{"json":{}}}}, {"toolSpec":{"name":"put","inputSchema":{"json":{"properties":{"a":{"x":"é\u00e9"},"b":{"default":1.50,"type":"number"}},"required":["b","a"],"type":"object"}}}}]}, "messages":[{"role":"user","content":[{"text":"two  blanks"}]}],"system":[{"text":"It is 10:00"}]}""";
        Assert.Equal(Form, Normal(All, Dialect.Converse, Body));
    }

    [Fact]
    public void OnlyWhatTheOwnerNamesIsChanged()
    {
        const string Body = """{"tools":[{"name":"b","input_schema":{"b":1,"a":2}},{"name":"a","input_schema":{}}],"system":"a  b","messages":[{"role":"user","content":"c  d"}],"max_tokens":5}""";
        Assert.Null(Normal(NormaliseKinds.None, Dialect.Anthropic, Body));
        Assert.Equal(Body.Replace("a  b", "a b", StringComparison.Ordinal), Normal(NormaliseKinds.Whitespace, Dialect.Anthropic, Body));
        Assert.Equal(Body.Replace("""{"b":1,"a":2}""", """{"a":2,"b":1}""", StringComparison.Ordinal), Normal(NormaliseKinds.ToolKeyOrder, Dialect.Anthropic, Body));
        Assert.Equal(
            """{"tools":[{"name":"a","input_schema":{}},{"name":"b","input_schema":{"b":1,"a":2}}],"system":"a  b","messages":[{"role":"user","content":"c  d"}],"max_tokens":5}""",
            Normal(NormaliseKinds.ToolOrder, Dialect.Anthropic, Body));
    }

    [Theory]
    [InlineData("""{"tools":[{"name":"b","input_schema":{"a":1,"a":2}}],"messages":[]}""")]
    [InlineData("""{"tools":[{"input_schema":{"b":1,"a":2}}],"messages":[]}""")]
    [InlineData("""{"tools":[{"name":"b","input_schema":{"a":1}},{"name":"b","input_schema":{}}],"messages":[]}""")]
    [InlineData("""{"system":"half a pair \ud800  ","messages":[]}""")]
    public void WhatIsInDoubtStaysAsItIs(string body) => Assert.Null(Normal(All, Dialect.Anthropic, body));

    /// <summary>Random requests keep their meaning, order and count of everything, and have one form whatever order they came in.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void ARequestKeepsItsMeaningAndGetsOneForm(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var schemas = Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Schema(random, 0)).ToList();
            var first = Request(random, schemas);
            var second = Request(random, schemas);
            var dialect = Dialect.Anthropic;
            var (form, other) = (Normal(All, dialect, first) ?? first, Normal(All, dialect, second) ?? second);

            Assert.Equal(Compact(form), Compact(other));
            Assert.Null(Normal(All, dialect, form));
            Assert.True(JsonNode.DeepEquals(Meaning(first), Meaning(form)));
        }
    }

    [Fact]
    public async Task PromptsThatDifferOnlyInFormShareACacheAndTheSavingIsMarks()
    {
        var random = new Random(1);
        var options = new LeverOptions { Mark = new MarkingOptions { Normalise = All } }.With(Lever.Mark, LeverMode.On);
        using var gateway = new LeverHarness(options);
        var rules = Enumerable.Range(0, 700).Select(i => $"rule{i}").ToArray();
        var bodies = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            gateway.Time.Advance(TimeSpan.FromSeconds(5));
            var system = string.Concat(rules.Select(r => r + (random.Next(9) == 0 ? "   " : " ")));
            var answer = await gateway.CallAsync(new Question(Sonnet + "converse", $$"""{"system":[{"text":"{{system}}"}],"messages":[{"role":"user","content":[{"text":"Question {{i}}  ?"}]}]}"""));
            Assert.All(answer.Record.Decisions, d => Assert.Equal("mark", d.Lever));
            bodies.Add(gateway.Upstream.Arrivals[^1].Body);
        }
        Assert.Empty(gateway.Prefixes.Advice());
        var marked = bodies.Where(b => b.Contains("cachePoint", StringComparison.Ordinal)).ToList();
        Assert.True(marked.Count >= 5, $"{marked.Count} marked");
        Assert.All(marked, body => Assert.DoesNotContain("   ", body, StringComparison.Ordinal));
        Assert.All(marked, body => Assert.Contains("  ?", body, StringComparison.Ordinal));
        Assert.Single(marked.Select(b => b[..b.IndexOf("rule699", StringComparison.Ordinal)]).Distinct());
    }

    private static string? Normal(NormaliseKinds kinds, Dialect dialect, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var outline = PromptOutline.Read(dialect, bytes);
        using var edited = PromptNormaliser.Apply(kinds, outline, bytes);
        return edited is null ? null : Encoding.UTF8.GetString(edited.Bytes.Span);
    }

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();

    /// <summary>The request with its tools by name and its white space left out of the system prompt: what must not change.</summary>
    private static JsonObject Meaning(string json)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        root["system"] = string.Join(' ', root["system"]!.GetValue<string>().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        root["tools"] = new JsonArray([.. root["tools"]!.AsArray().OrderBy(t => t!["name"]!.GetValue<string>(), StringComparer.Ordinal).Select(t => t!.DeepClone())]);
        return root;
    }

    private static string Request(Random random, List<List<(string Name, object Value)>> schemas)
    {
        var tools = schemas.Select((schema, i) => $$"""{"name":"tool{{i}}","input_schema":{{Write(random, schema)}}}""").ToArray();
        random.Shuffle(tools);
        var system = string.Concat("be kind and brief".Split(' ').Select(w => w + new string(' ', 1 + random.Next(3))));
        return $$"""{"tools":[{{string.Join(", ", tools)}}],"system":"{{system}}","messages":[{"role":"user","content":"a  b"}],"max_tokens":9}""";
    }

    private static List<(string Name, object Value)> Schema(Random random, int depth) =>
        [.. Enumerable.Range(0, random.Next(5)).Select(i => ($"k{i}", depth < 3 && random.Next(3) == 0 ? Schema(random, depth + 1) : (object)(random.Next(3) == 0 ? "[3,\"b\",{\"z\":1}]" : $"{random.Next(99)}.50")))];

    private static string Write(Random random, List<(string Name, object Value)> schema)
    {
        var members = schema.Select(m => $"\"{m.Name}\": {(m.Value is string raw ? raw : Write(random, (List<(string, object)>)m.Value))}").ToArray();
        random.Shuffle(members);
        return "{" + string.Join(" , ", members) + "}";
    }
}
