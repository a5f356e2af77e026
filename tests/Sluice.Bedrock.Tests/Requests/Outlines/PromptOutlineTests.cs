using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Bedrock.Tests.Replies;
using Sluice.Core.Invocations;
using Sluice.Testing;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

public sealed class PromptOutlineTests
{
    [Fact]
    public void OutlinesAConverseBodyInTheOrderInWhichBedrockCaches()
    {
        const string Body = """
            {"messages":[
               {"role":"user","content":[{"text":"look"},{"image":{"format":"png","source":{"bytes":"AAAA"}}},{"cachePoint":{"type":"default"}},
                 {"document":{"name":"d","format":"txt","source":{"text":"inside"}}}]},
               {"content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},{"toolUse":{"toolUseId":"1","name":"n","input":{"text":"no"}}}],"role":"assistant"},
               {"role":"user","content":[{"toolResult":{"toolUseId":"1","content":[{"text":"first"},{"json":{"text":"no"}},{"text":"second"}]}},{"guardContent":{"text":{"text":"x"}}}]}],
             "system":[{"text":"be kind"},{"cachePoint":{"type":"default","ttl":"1h"}},{"text":" \n"}],
             "toolConfig":{"toolChoice":{"auto":{}},"tools":[{"toolSpec":{"name":"n","inputSchema":{"json":{}}}},{"cachePoint":{"type":"default","ttl":"1h"}}]}}
            """;
        Assert.Equal("""
            Tools Other own=OneHour
            Tools CachePoint own=OneHour
            System System Text "be kind" own=OneHour
            System System CachePoint own=OneHour
            System System Text " \n"
            Messages 0 User Text "look" takes
            Messages 0 User Image own=FiveMinutes
            Messages 0 User CachePoint own=FiveMinutes
            Messages 0 User Document ["inside"]
            Messages 1 Assistant Reasoning
            Messages 1 Assistant ToolUse takes
            Messages 2 User ToolResult ["first" "second"] takes
            Messages 2 User Other
            """, Describe(Dialect.Converse, Body, o => o is { IsComplete: true, CallerPoints: 3, HasImages: true, HasGuardrail: false, Messages.Length: 3 }));
    }

    [Fact]
    public void OutlinesAnAnthropicBody()
    {
        const string Body = """
            {"anthropic_version":"bedrock-2023-05-31","system":"be kind","messages":[{"role":"user","content":"hello"},
              {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"text":"yes","type":"text","cache_control":{"type":"ephemeral","ttl":"1h"}},
                {"type":"tool_use","id":"1","name":"n","input":{"type":"text","text":"no"}}]},
              {"role":"user","content":[{"content":"done","type":"tool_result"},
                {"type":"tool_result","content":[{"type":"text","text":"part","cache_control":{"type":"ephemeral"}},{"type":"image","source":{"type":"base64","data":"AAAA"}}]},
                {"type":"document","source":{"data":"plain","type":"text"}},{"type":"document","source":{"type":"base64","data":"AAAA"}},
                {"type":"text","text":""},{"type":"text","text":"x","cache_control":null}]}],
             "tools":[{"name":"a","input_schema":{}},{"name":"b","input_schema":{},"defer_loading":true},{"name":"c","cache_control":{"type":"ephemeral","ttl":"1h"}}]}
            """;
        Assert.Equal("""
            Tools Other takes
            Tools Other
            Tools Other own=OneHour
            System System Text "be kind" bare takes
            Messages 0 User Text "hello" bare takes
            Messages 1 Assistant Reasoning
            Messages 1 Assistant Text "yes" own=OneHour
            Messages 1 Assistant ToolUse takes
            Messages 2 User ToolResult "done" takes
            Messages 2 User ToolResult ["part"] own=FiveMinutes
            Messages 2 User Document ["plain"] takes
            Messages 2 User Document takes
            Messages 2 User Text ""
            Messages 2 User Text "x"
            """, Describe(Dialect.Anthropic, Body, o => o is { IsComplete: true, CallerPoints: 3, HasImages: true }));
    }

    [Fact]
    public void OutlinesANovaBodyWhosePointsStandInsideItsTexts()
    {
        const string Body = """
            {"schemaVersion":"messages-v1","system":[{"text":"be kind","cachePoint":{"type":"default"}}],
             "messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}},{"text":"what?"}]}],
             "toolConfig":{"tools":[{"toolSpec":{"name":"n"}}]}}
            """;
        Assert.Equal("""
            Tools Other
            System System Text "be kind" own=FiveMinutes
            Messages 0 User Image
            Messages 0 User Text "what?" takes
            """, Describe(Dialect.Nova, Body, o => o is { IsComplete: true, CallerPoints: 1 }));
    }

    [Fact]
    public void OutlinesAChatCompletionsBody()
    {
        const string Body = """
            {"model":"m","messages":[{"role":"developer","content":"be kind"},{"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:,"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"n","arguments":"{}"}}]},{"content":"done","tool_call_id":"1","role":"tool"}],
             "tools":[{"type":"function","function":{"name":"n"}}],"response_format":{"type":"json_object"}}
            """;
        Assert.Equal("""
            Tools Other
            Messages 0 System Text "be kind" bare
            Messages 1 User Text "look"
            Messages 1 User Image
            Messages 2 Assistant ToolUse
            Messages 3 Tool ToolResult "done" bare
            """, Describe(Dialect.OpenAi, Body, o => o is { IsComplete: true, CallerPoints: 0 } && !o.Parameter(PromptParameter.OutputFormat).IsNone));
    }

    [Theory]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{"maxTokens":512,"temperature":0.0,"topP":0.5,"stopSequences":["a"]},"additionalModelRequestFields":{"top_k":7,"thinking":{"budget_tokens":1024}},"outputConfig":{"textFormat":{}}}""", "512|0.0|0.5|7||[\"a\"]|{}", 1024L)]
    [InlineData(Dialect.Anthropic, """{"max_tokens":512,"temperature":0.0,"top_p":0.5,"top_k":7,"stop_sequences":["a"],"output_config":{"effort":"low","format":{}},"thinking":{"type":"enabled","budget_tokens":256}}""", "512|0.0|0.5|7||[\"a\"]|{}", 256L)]
    [InlineData(Dialect.Nova, """{"inferenceConfig":{"max_new_tokens":512,"temperature":0.0,"topP":0.5,"topK":7,"stopSequences":["a"]}}""", "|0.0|0.5|7||[\"a\"]|", null)]
    [InlineData(Dialect.OpenAi, """{"max_completion_tokens":512,"temperature":0.0,"top_p":0.5,"seed":3,"stop":"a","response_format":{}}""", "512|0.0|0.5||3|\"a\"|{}", null)]
    public void FindsTheParameters(Dialect dialect, string body, string values, long? budget)
    {
        using var outline = PromptOutline.Read(dialect, Encoding.UTF8.GetBytes(body));
        Assert.True(outline.IsComplete);
        Assert.Equal((512, 0.0, budget), (outline.MaxTokens, outline.Temperature, outline.ThinkingBudget));
        Assert.Equal(values, string.Join('|', ((PromptParameter[])[PromptParameter.MaxTokens, PromptParameter.Temperature, PromptParameter.TopP, PromptParameter.TopK, PromptParameter.Seed, PromptParameter.StopSequences, PromptParameter.OutputFormat])
            .Select(p => Slice(body, outline.Parameter(p)))));
    }

    [Fact]
    public void FindsANameThatIsWrittenInEscapes()
    {
        var escaped = string.Concat("inferenceConfig".Select(c => $"\\u{(int)c:x4}"));
        using var outline = PromptOutline.Read(Dialect.Converse, Encoding.UTF8.GetBytes($$"""{"\u0073ystem":[{"t\u0065xt":"be kind"}],"{{escaped}}":{"maxTokens":7} }"""));
        Assert.True(outline.IsComplete);
        Assert.Equal((1, 7), (outline.Blocks.Length, outline.MaxTokens));
    }

    [Theory]
    [InlineData(Dialect.Converse, "")]
    [InlineData(Dialect.Converse, "{")]
    [InlineData(Dialect.Converse, "[]")]
    [InlineData(Dialect.Converse, "{} {}")]
    [InlineData(Dialect.Converse, """{"messages":"text"}""")]
    [InlineData(Dialect.Converse, """{"messages":[null]}""")]
    [InlineData(Dialect.Converse, """{"messages":[{"role":"user","content":"a bare string"}]}""")]
    [InlineData(Dialect.Converse, """{"messages":[{"role":"user","content":[{"text":"a","image":{}}]}]}""")]
    [InlineData(Dialect.Converse, """{"system":[],"sys\u0074em":[]}""")]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{"maxTokens":1,"maxTokens":2}}""")]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{"maxTokens":"7"}}""")]
    [InlineData(Dialect.Converse, """{"system":[{"cachePoint":{"type":"other"}}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"role":"user","content":"a","content":"b"}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"role":7,"content":"a"}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"role":"us\ud800er"}]}""")]
    [InlineData(Dialect.Anthropic, """{"tools":[1]}""")]
    [InlineData(Dialect.Anthropic, """{"max_tokens":-1}""")]
    [InlineData(Dialect.Nova, """{"system":[{"text":"a"}""")]
    public void ABodyInDoubtIsNotComplete(Dialect dialect, string body)
    {
        using var outline = PromptOutline.Read(dialect, Encoding.UTF8.GetBytes(body));
        Assert.True(outline is { IsSupported: true, IsComplete: false });
    }

    [Fact]
    public void InvalidUtf8IsNotComplete()
    {
        using var outline = PromptOutline.Read(Dialect.Anthropic, [.. """{"system":"x"""u8, 0xFF, .. "\"}"u8]);
        Assert.False(outline.IsComplete);
    }

    [Fact]
    public void NestingWithoutEndIsNotComplete()
    {
        foreach (var part in (string[])["{\"a\":", "{\"messages\":[{\"content\":[{\"content\":[", "{\"tools\":["])
        {
            using var outline = PromptOutline.Read(Dialect.Anthropic, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(part, 20_000))));
            Assert.False(outline.IsComplete);
        }
    }

    [Theory]
    [InlineData(Dialect.Llama)]
    [InlineData(Dialect.TitanText)]
    [InlineData(Dialect.OpenAiResponses)]
    [InlineData(Dialect.Unknown)]
    public void AnotherDialectHasAnEmptyOutline(Dialect dialect)
    {
        using var outline = PromptOutline.Read(dialect, """{"messages":[{"role":"user","content":"a"}]}"""u8);
        Assert.True(outline is { IsSupported: false, IsComplete: false, Blocks.Length: 0 });
    }

    [Fact]
    public void AMarkerOfTheWholeRequestTakesTheLastBlock()
    {
        Assert.Equal("""
            System System Text "s" bare takes
            Messages 0 User Text "a" bare own=FiveMinutes
            """, Describe(Dialect.Anthropic, """{"cache_control":{"type":"ephemeral"},"messages":[{"role":"user","content":"a"}],"system":"s"}""", o => o is { IsComplete: true, CallerPoints: 1 }));
    }

    public static TheoryData<string> GoldenNames() => GoldenCase.Names();

    [Theory]
    [MemberData(nameof(GoldenNames))]
    public void OutlinesTheRequestsOfTheGoldenCases(string name)
    {
        var golden = GoldenCase.Load(name);
        if (golden.RequestBody.Length == 0)
            return;
        using var outline = PromptOutline.Read(golden.Facts.Dialect, golden.RequestBody);
        Assert.Equal(outline.IsSupported, outline.IsComplete);
        if (!outline.IsSupported)
            return;
        Assert.Equal(golden.Facts.MaxTokens, outline.MaxTokens);
        Assert.Equal(golden.Facts.CacheLifetimes, outline.Blocks.ToArray().Aggregate(CacheLifetimes.None, (all, block) => all | block.OwnPoints));
        CheckAgainst(JsonNode.Parse(golden.RequestBody)!, outline, golden.RequestBody);
    }

    [Fact]
    public void EveryRangeIsWhatTheBodySays()
    {
        var random = new Random(11);
        for (var round = 0; round < 4_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var node = RandomBodies.Body(dialect, random);
            var body = RandomBodies.Respell(node, random);
            using var outline = PromptOutline.Read(dialect, body);
            Assert.True(outline.IsComplete, Encoding.UTF8.GetString(body));
            CheckAgainst(node, outline, body);
        }
    }

    [Fact]
    public void NoBytesMakeItThrow()
    {
        var random = new Random(13);
        for (var round = 0; round < 30_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var body = RandomBodies.Write(RandomBodies.Body(RandomBodies.Dialects[random.Next(4)], random), random);
            for (var flips = random.Next(4); flips > 0; flips--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                body = body[..random.Next(body.Length + 1)];
            using var outline = PromptOutline.Read(dialect, body);
            foreach (var block in outline.Blocks)
                Assert.InRange(block.Json.End, 1, body.Length);
            if (outline.IsComplete)
                using (JsonDocument.Parse(body)) { }
        }
    }

    [Fact]
    public void AllocatesOnlyItself()
    {
        var body = RandomBodies.Write(RandomBodies.Body(Dialect.Anthropic, new Random(3)), new Random(3));
        Assert.InRange(Allocations.Of(() => PromptOutline.Read(Dialect.Anthropic, body).Dispose()), 0, 500);
    }

    /// <summary>The blocks are the elements of the parsed body's arrays, and the texts are its strings.</summary>
    private static void CheckAgainst(JsonNode node, PromptOutline outline, byte[] body)
    {
        var expected = new List<(PromptSection, JsonNode)>();
        var tools = node["toolConfig"] is { } config ? config["tools"] : node["tools"];
        Add(PromptSection.Tools, tools);
        Add(PromptSection.System, node["system"]);
        foreach (var message in node["messages"]?.AsArray() ?? [])
            Add(PromptSection.Messages, message!["content"]);
        Assert.Equal(expected.Count, outline.Blocks.Length);
        for (var i = 0; i < expected.Count; i++)
        {
            var block = outline.Blocks[i];
            Assert.Equal(expected[i].Item1, block.Section);
            var parsed = JsonNode.Parse(block.Json.In(body))!;
            Assert.True(JsonNode.DeepEquals(Plain(expected[i].Item2), Plain(parsed)));
            Assert.Equal(parsed is JsonValue, block.IsBareString);
            if (!block.Text.IsNone)
                Assert.Equal((parsed as JsonValue ?? parsed["text"] ?? parsed["content"])!.GetValue<string>(), JsonNode.Parse(block.Text.In(body))!.GetValue<string>());
        }
        foreach (var text in outline.Texts)
        {
            var block = outline.Blocks[text.Block].Json;
            Assert.True(text.Token.Start >= block.Start && text.Token.End <= block.End);
            Assert.Equal(JsonValueKind.String, JsonNode.Parse(text.Token.In(body))!.GetValueKind());
        }
        Assert.Equal(node["messages"]?.AsArray().Count ?? 0, outline.Messages.Length);

        void Add(PromptSection section, JsonNode? content)
        {
            if (content is JsonArray blocks)
                expected.AddRange(blocks.Select(b => (section, b!)));
            else if (content is not null)
                expected.Add((section, content));
        }
    }

    /// <summary>With numbers as numbers, since 1.0 and 1 are told apart by DeepEquals.</summary>
    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Plain(m.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Plain)]),
        JsonValue v when v.GetValueKind() == JsonValueKind.Number => JsonValue.Create((double)v.GetValue<decimal>()),
        _ => node?.DeepClone(),
    };

    private static string Describe(Dialect dialect, string body, Func<PromptOutline, bool> holds)
    {
        using var outline = PromptOutline.Read(dialect, Encoding.UTF8.GetBytes(body));
        Assert.True(holds(outline));
        var lines = new List<string>();
        for (var i = 0; i < outline.Blocks.Length; i++)
        {
            var block = outline.Blocks[i];
            var words = new List<string> { block.Section.ToString() };
            if (block.Message >= 0)
                words.Add(block.Message.ToString());
            if (block.Role != PromptRole.None)
                words.Add(block.Role.ToString());
            words.Add(block.Kind.ToString());
            var inner = new List<string>();
            foreach (var text in outline.Texts)
            {
                if (text.Block == i && text.Token != block.Text)
                    inner.Add(Slice(body, text.Token));
            }
            if (!block.Text.IsNone)
                words.Add(Slice(body, block.Text));
            if (inner.Count > 0)
                words.Add($"[{string.Join(' ', inner)}]");
            if (block.IsBareString)
                words.Add("bare");
            if (block.OwnPoints != CacheLifetimes.None)
                words.Add($"own={block.OwnPoints}");
            if (block.TakesPoint)
                words.Add("takes");
            lines.Add(string.Join(' ', words));
        }
        return string.Join('\n', lines);
    }

    private static string Slice(string body, ByteRange range) => Encoding.UTF8.GetString(range.In(Encoding.UTF8.GetBytes(body)));
}
