using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

/// <summary>The rules are those of the AWS user guide's page on prompt caching; the simulator's tests hold the results against its own check.</summary>
public sealed class CachePointEditsTests
{
    private const CacheLifetimes Short = CacheLifetimes.FiveMinutes;
    private const CacheLifetimes Hour = CacheLifetimes.OneHour;

    [Fact]
    public void ConverseGetsABlockOfItsOwn()
    {
        const string Body = """{ "toolConfig":{"tools":[{"toolSpec":{"name":"n"}} ]}, "system":[{"text":"s"}], "messages":[{"role":"user","content":[{"text":"a"},{"text":"b"}]}] }""";
        Assert.Equal(
            """{ "toolConfig":{"tools":[{"toolSpec":{"name":"n"}},{"cachePoint":{"type":"default","ttl":"1h"}} ]}, "system":[{"text":"s"},{"cachePoint":{"type":"default","ttl":"1h"}}], "messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default"}},{"text":"b"}]}] }""",
            Insert(Dialect.Converse, Body, new(0, Hour), new(1, Hour), new(2, Short)).Body);
    }

    [Fact]
    public void AnthropicGetsAMemberAndABareStringBecomesABlock()
    {
        const string Body = """{"tools":[{"name":"n" }],"system":"be \"kind\"","messages":[{"role":"user","content":"hello"},{"role":"assistant","content":[{"type":"text","text":"x"}]}]}""";
        Assert.Equal(
            """{"tools":[{"name":"n" ,"cache_control":{"type":"ephemeral","ttl":"1h"}}],"system":[{"type":"text","text":"be \"kind\"","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"hello","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}]}""",
            Insert(Dialect.Anthropic, Body, new(3, Short), new(2, Short), new(1, Short), new(0, Hour)).Body);
    }

    [Fact]
    public void NovaGetsAMemberOfItsTextBlockAndNoHour()
    {
        const string Body = """{"system":[{"text":"s"}],"messages":[{"role":"user","content":[{"image":{}},{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{}}]}}""";
        var (edited, placed) = Insert(Dialect.Nova, Body, new(0, Hour), new(1, Hour), new(2, Short), new(3, Short));
        Assert.Equal("""{"system":[{"text":"s","cachePoint":{"type":"default"}}],"messages":[{"role":"user","content":[{"image":{}},{"text":"a","cachePoint":{"type":"default"}}]}],"toolConfig":{"tools":[{"toolSpec":{}}]}}""", edited);
        Assert.Equal([new(1, Short), new(3, Short)], placed);
    }

    [Fact]
    public void ThereAreNeverMoreThanFourAndTheMostWantedComeFirst()
    {
        var body = $$"""{"messages":[{"role":"user","content":[{{string.Join(',', Enumerable.Range(0, 9).Select(i => $$"""{"text":"{{i}}"}"""))}}]}]}""";
        Assert.Equal([new(0, Hour), new(4, Short), new(7, Short), new(8, Short)],
            Insert(Dialect.Converse, body, new(8, Short), new(0, Hour), new(7, Short), new(8, Short), new(99, Short), new(-1, Short), new(4, Short), new(5, Short)).Placed);
    }

    [Fact]
    public void TheCallersPointsCountAndAreLeftAlone()
    {
        const string Body = """{"system":[{"text":"a"},{"cachePoint":{"type":"default","ttl":"1h"}},{"text":"b"},{"cachePoint":{"type":"default"}}],"messages":[{"role":"user","content":[{"text":"c"},{"cachePoint":{"type":"default"}},{"text":"d"},{"text":"e"}]}]}""";
        var (edited, placed) = Insert(Dialect.Converse, Body, new(0, Hour), new(2, Hour), new(4, Short), new(6, Hour), new(7, Short));
        // Three are the caller's, so one is left; behind five minutes it can't ask for an hour.
        Assert.Equal([new(6, Short)], placed);
        Assert.Equal(Body.Replace("""{"text":"d"}""", """{"text":"d"},{"cachePoint":{"type":"default"}}""", StringComparison.Ordinal), edited);
    }

    [Fact]
    public void FiveMinutesAreNotPlacedBeforeTheCallersHour() => Assert.Equal([new(0, Hour)],
        Insert(Dialect.Anthropic, """{"tools":[{"name":"n"},{"name":"m"}],"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]}""", new(1, Short), new(0, Hour)).Placed);

    [Fact]
    public void AnHourBehindFiveMinutesBecomesFiveMinutes() => Assert.Equal([new(0, Hour), new(1, Short), new(2, Short)],
        Insert(Dialect.Anthropic, """{"tools":[{"name":"n"}],"system":"s","messages":[{"role":"user","content":"hello"}]}""", new(0, Hour), new(1, Short), new(2, Hour)).Placed);

    [Theory]
    [InlineData(Dialect.Anthropic, """{"system":"s" """)]
    [InlineData(Dialect.Anthropic, """{"system":""}""")]
    [InlineData(Dialect.Anthropic, """{"cache_control":{"type":"ephemeral"},"system":"s"}""")]
    [InlineData(Dialect.Anthropic, """{"tools":[{"name":"n","defer_loading":true}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t"}]}]}""")]
    [InlineData(Dialect.Converse, """{"messages":[{"role":"user","content":[{"document":{"name":"d"}}]}]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"role":"user","content":"hello"}]}""")]
    [InlineData(Dialect.Llama, """{"prompt":"hello"}""")]
    public void NothingIsPlacedWhereNoneIsAccepted(Dialect dialect, string body) => Assert.Empty(Insert(dialect, body, new CachePoint(0, Short)).Placed);

    [Fact]
    public void TheResultIsTheSamePromptWithItsPointsWherePlaced()
    {
        var random = new Random(23);
        var placedInAll = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var node = RandomBodies.Body(dialect, random);
            var body = RandomBodies.Write(node, random);
            using var outline = PromptOutline.Read(dialect, body);
            // The first round's points are the caller's in the second.
            using var first = Edit(outline, body, random, out var placed);
            placedInAll += placed.Length;
            using var marked = PromptOutline.Read(dialect, first.Bytes.Span);
            Assert.True(marked.IsComplete);
            Assert.Equal(placed.Length, marked.CallerPoints);
            using var second = Edit(marked, first.Bytes.Span, random, out var more);
            using var again = PromptOutline.Read(dialect, second.Bytes.Span);
            Assert.Equal(placed.Length + more.Length, again.CallerPoints);
            Assert.InRange(again.CallerPoints, 0, CachePointEdits.MaxPoints);
            CheckOrder(again);
            Assert.Equal(Unmarked(node)!.ToJsonString(), Unmarked(JsonNode.Parse(second.Bytes.Span))!.ToJsonString());
            CheckOtherBytesStay(body, second.Bytes.Span);
        }
        Assert.True(placedInAll > 3_000);
    }

    private static void CheckOrder(PromptOutline outline)
    {
        var shortSeen = false;
        foreach (var block in outline.Blocks)
        {
            Assert.False(shortSeen && block.OwnPoints.HasFlag(Hour) && block.Kind != BlockKind.CachePoint);
            shortSeen |= block.OwnPoints.HasFlag(Short);
        }
    }

    /// <summary>The old body is a subsequence of the new one: insertions took nothing away and changed no order.</summary>
    private static void CheckOtherBytesStay(ReadOnlySpan<byte> old, ReadOnlySpan<byte> now)
    {
        var at = 0;
        foreach (var b in now)
        {
            if (at < old.Length && old[at] == b)
                at++;
        }
        Assert.Equal(old.Length, at);
    }

    /// <summary>Without markers, and with each bare string as the array of one block that it stands for.</summary>
    private static JsonNode? Unmarked(JsonNode? node, string? name = null) => node switch
    {
        JsonObject o => new JsonObject(o.Where(m => !(m.Key is "cache_control" or "cachePoint" && m.Value is JsonObject)).Select(m => KeyValuePair.Create(m.Key, Unmarked(m.Value, m.Key)))),
        JsonArray a => new JsonArray([.. a.Select(item => Unmarked(item)).Where(item => item is not JsonObject { Count: 0 })]),
        JsonValue v when name is "system" or "content" => new JsonArray(new JsonObject { ["type"] = "text", ["text"] = v.DeepClone() }),
        _ => node?.DeepClone(),
    };

    private static EditedBody Edit(PromptOutline outline, ReadOnlySpan<byte> body, Random random, out ImmutableArray<CachePoint> placed)
    {
        var points = Enumerable.Range(0, random.Next(7)).Select(_ => new CachePoint(random.Next(-1, outline.Blocks.Length + 1), random.Next(2) == 0 ? Short : Hour)).ToArray();
        using var edits = new BodyEdits();
        placed = CachePointEdits.Insert(outline, points, edits);
        Assert.True(edits.TryApply(body, out var edited));
        return edited;
    }

    private static (string Body, ImmutableArray<CachePoint> Placed) Insert(Dialect dialect, string body, params CachePoint[] points)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var outline = PromptOutline.Read(dialect, bytes);
        using var edits = new BodyEdits();
        var placed = CachePointEdits.Insert(outline, points, edits);
        Assert.True(edits.TryApply(bytes, out var edited));
        using (edited)
            return (Encoding.UTF8.GetString(edited.Bytes.Span), placed);
    }
}
