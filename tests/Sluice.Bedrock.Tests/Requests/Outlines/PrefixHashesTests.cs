using System.Text;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

public sealed class PrefixHashesTests
{
    [Fact]
    public void EachBlockAddsItsTokens()
    {
        var prefixes = Hash(Dialect.Converse, """{"messages":[{"role":"user","content":[{"text":"12345678"},{"cachePoint":{"type":"default"}},{"text":"\u20ac1"}]}],"system":[{"text":"1234"}]}""");
        Assert.Equal([1, 3, 3, 4], prefixes.Select(p => p.Tokens));
        Assert.Equal(prefixes[1].Hash, prefixes[2].Hash);
        Assert.Equal(3, prefixes.Select(p => p.Hash).Distinct().Count());
    }

    [Fact]
    public void ABetterEstimateTakesThePlaceOfTheQuarter()
    {
        var body = """{"messages":[{"role":"user","content":[{"text":"12345678"},{"image":{"format":"png","source":{"bytes":"AAAA"}}}]}]}"""u8;
        using var outline = PromptOutline.Read(Dialect.Converse, body);
        var prefixes = new PrefixHash[2];
        Assert.True(PrefixHashes.TryCompute(outline, body, [], PrefixForm.AsSent, prefixes, static (in block, textBytes) => block.Kind == BlockKind.Image ? 1_600 : textBytes / 3));
        Assert.Equal([2, 1_602], prefixes.Select(p => p.Tokens));
    }

    [Fact]
    public void MediaAreNoText()
    {
        var media = new string('A', 8_000);
        Assert.InRange(Hash(Dialect.Converse, $$$"""{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"{{{media}}}"} } },{"video":{"source":{"bytes":"{{{media}}}"} } }]}]}""")[^1].Tokens, 0, 30);
        Assert.InRange(Hash(Dialect.Anthropic, $$$"""{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"image","source":{"type":"base64","data":"{{{media}}}"} }]}]}]}""")[^1].Tokens, 0, 30);
    }

    [Fact]
    public void TheFormTellsWhetherOrderInSchemasCounts()
    {
        const string Left = """{"tools":[{"name":"n","input_schema":{"a":1,"b":2}}],"system":"s"}""";
        const string Right = """{"system":[{"text":"s","type":"text"}], "tools":[{"input_schema":{"b":2.0,"a":1},"name":"n"}]}""";
        Assert.Equal(Hash(Dialect.Anthropic, Left, PrefixForm.Canonical), Hash(Dialect.Anthropic, Right, PrefixForm.Canonical));
        Assert.NotEqual(Hash(Dialect.Anthropic, Left)[0].Hash, Hash(Dialect.Anthropic, Right)[0].Hash);
        const string Reordered = """{"system":[{"text":"s","type":"text"}], "tools":[{"input_schema":{"a":1,"b":2},"name":"n"}]}""";
        Assert.Equal(Hash(Dialect.Anthropic, Left), Hash(Dialect.Anthropic, Reordered));
    }

    [Fact]
    public void AScopeSharesNoHashWithAnother()
    {
        const string Body = """{"system":"s","messages":[{"role":"user","content":"a"}]}""";
        Assert.Empty(Hash(Dialect.Anthropic, Body, scope: ["a"]).Select(p => p.Hash).Intersect(Hash(Dialect.Anthropic, Body, scope: ["b"]).Select(p => p.Hash)));
    }

    [Fact]
    public void WhoSpeaksAndWhereAMessageEndsCount()
    {
        string[] bodies =
        [
            """{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""",
            """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}""",
            """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""",
            """{"system":"a","messages":[{"role":"user","content":"b"}]}""",
        ];
        Assert.Equal(bodies.Length, bodies.Select(body => Hash(Dialect.Anthropic, body)[^1].Hash).Distinct().Count());
        Assert.NotEqual(
            Hash(Dialect.OpenAi, """{"messages":[{"role":"tool","tool_call_id":"1","content":"a"}]}""")[0].Hash,
            Hash(Dialect.OpenAi, """{"messages":[{"role":"tool","tool_call_id":"2","content":"a"}]}""")[0].Hash);
    }

    [Fact]
    public void AnIncompleteOutlineHasNone()
    {
        using var outline = PromptOutline.Read(Dialect.Anthropic, "{"u8);
        Assert.False(PrefixHashes.TryCompute(outline, "{"u8, [], PrefixForm.AsSent, []));
    }

    [Fact]
    public void SpellingAndCachePointsMakeNoDifferenceAndContentDoesFromItsBlockOn()
    {
        var random = new Random(43);
        for (var round = 0; round < 3_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var node = RandomBodies.Body(dialect, random);
            var body = RandomBodies.Respell(node, random);
            var prefixes = Hash(dialect, body, PrefixForm.Canonical);

            var respelled = RandomBodies.Respell(CacheKeyTests.Expanded(node, dialect, random)!, random);
            Assert.Equal(prefixes.Select(p => p.Hash), Hash(dialect, respelled, PrefixForm.Canonical).Select(p => p.Hash));

            using var outline = PromptOutline.Read(dialect, body);
            using var edits = new BodyEdits();
            var placed = CachePointEdits.Insert(outline, [new(0, CacheLifetimes.OneHour), new(random.Next(9), CacheLifetimes.FiveMinutes)], edits);
            Assert.True(edits.TryApply(body, out var edited));
            using (edited)
            {
                foreach (var form in (PrefixForm[])[PrefixForm.AsSent, PrefixForm.Canonical])
                    Assert.Equal(Hash(dialect, body, form).Select(p => p.Hash), Hash(dialect, edited.Bytes.Span, form).Select(p => p.Hash).Distinct());
            }

            // A block whose text is another: all prefixes before it stay, none from it on does.
            var texts = outline.Texts.ToArray();
            if (texts.Length == 0)
                continue;
            var changed = texts[random.Next(texts.Length)];
            using var change = new BodyEdits();
            change.Insert(changed.Token.End - 1, "!"u8);
            Assert.True(change.TryApply(body, out var other));
            using (other)
            {
                var now = Hash(dialect, other.Bytes.Span, PrefixForm.Canonical);
                Assert.Equal(prefixes.Take(changed.Block), now.Take(changed.Block));
                Assert.Empty(prefixes.Skip(changed.Block).Select(p => p.Hash).Intersect(now.Select(p => p.Hash)));
            }
        }
    }

    private static PrefixHash[] Hash(Dialect dialect, string body, PrefixForm form = PrefixForm.AsSent, string?[]? scope = null) =>
        Hash(dialect, Encoding.UTF8.GetBytes(body), form, scope);

    private static PrefixHash[] Hash(Dialect dialect, ReadOnlySpan<byte> body, PrefixForm form, string?[]? scope = null)
    {
        using var outline = PromptOutline.Read(dialect, body);
        var prefixes = new PrefixHash[outline.Blocks.Length];
        Assert.True(PrefixHashes.TryCompute(outline, body, scope ?? [], form, prefixes));
        return prefixes;
    }
}
