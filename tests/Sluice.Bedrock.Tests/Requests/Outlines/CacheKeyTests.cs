using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

public sealed class CacheKeyTests
{
    [Theory]
    [InlineData(Dialect.Anthropic, """{"a":1,"b":[2,3]}""", """{ "b" : [2.0, 3e0], "\u0061":10E-1 }""")]
    [InlineData(Dialect.Anthropic, """{"a":0}""", """{"a":-0.000e7}""")]
    [InlineData(Dialect.Anthropic, """{"a":120}""", """{"a":0.12E3}""")]
    [InlineData(Dialect.Anthropic, """{"a":"é😀\n/"}""", """{"a":"\u00e9\uD83D\uDE00\u000A\/"}""")]
    [InlineData(Dialect.Anthropic, """{"system":"s"}""", """{"system":[{"type":"text","text":"s"}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"role":"user","content":"s"}]}""", """{"messages":[{"content":[{"text":"s","type":"text","cache_control":{"type":"ephemeral"}}],"role":"user"}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"content":[{"type":"tool_result","content":"s"}]}]}""", """{"messages":[{"content":[{"type":"tool_result","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}]}]}]}""")]
    [InlineData(Dialect.Anthropic, """{"tools":[{"name":"n"}]}""", """{"cache_control":{"type":"ephemeral"},"tools":[{"name":"n","cache_control":{"type":"ephemeral"}}]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"content":"s"}],"stream":true}""", """{"messages":[{"content":[{"type":"text","text":"s"}]}],"stream_options":{"include_usage":true},"model":"m"}""")]
    [InlineData(Dialect.Converse, """{"system":[{"text":"s"}],"requestMetadata":{"a":"b"}}""", """{"system":[{"text":"s"},{"cachePoint":{"type":"default"}}]}""")]
    [InlineData(Dialect.Converse, """{"toolConfig":{"tools":[{"toolSpec":{}}]}}""", """{"toolConfig":{"tools":[{"toolSpec":{}},{"cachePoint":{"type":"default"}}]}}""")]
    [InlineData(Dialect.Llama, """{"prompt":"\u0061","temperature":0.50}""", """{"temperature":5e-1, "prompt":"a"}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"content":"é😀\n/\"\\\t\u0000"}]}""", """{"messages":[{"content":"\u00e9\uD83D\uDE00\u000A\/\u0022\u005c\u0009\u0000"}]}""")]
    [InlineData(Dialect.Nova, """{"system":[{"text":"s"}]}""", """{"system":[{"cachePoint":{"type":"default"},"text":"s"}]}""")]
    public void EqualMeaningHasAnEqualKey(Dialect dialect, string left, string right) => Assert.Equal(Key(dialect, left), Key(dialect, right));

    [Theory]
    [InlineData(Dialect.Anthropic, """{"a":1}""", """{"a":"1"}""")]
    [InlineData(Dialect.Anthropic, """{"a":1}""", """{"a":-1}""")]
    [InlineData(Dialect.Anthropic, """{"a":1e400}""", """{"a":1e401}""")]
    [InlineData(Dialect.Anthropic, """{"a":1e9999999999999}""", """{"a":1e99999999999999}""")]
    [InlineData(Dialect.Anthropic, """{"a":9007199254740993}""", """{"a":9007199254740992}""")]
    [InlineData(Dialect.Anthropic, """{"a":[1,2]}""", """{"a":[12]}""")]
    [InlineData(Dialect.Anthropic, """{"a":[[1],2]}""", """{"a":[[1,2]]}""")]
    [InlineData(Dialect.Anthropic, """{"a":{},"b":1}""", """{"a":{"b":1}}""")]
    [InlineData(Dialect.Anthropic, """{"a":null}""", """{"a":false}""")]
    [InlineData(Dialect.Anthropic, """{"a":"é"}""", """{"a":"e\u0301"}""")]
    [InlineData(Dialect.Anthropic, """{"a":" x"}""", """{"a":"x"}""")]
    [InlineData(Dialect.Anthropic, """{"system":"ab"}""", """{"system":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""")]
    [InlineData(Dialect.Anthropic, """{"metadata":{"user_id":"a"}}""", """{"metadata":{"user_id":"b"}}""")]
    [InlineData(Dialect.Anthropic, """{"tools":[{"name":"n","input_schema":{"cache_control":{"type":"ephemeral"}}}]}""", """{"tools":[{"name":"n","input_schema":{}}]}""")]
    [InlineData(Dialect.Converse, """{"guardrailConfig":{"guardrailIdentifier":"a"}}""", """{"guardrailConfig":{"guardrailIdentifier":"b"}}""")]
    [InlineData(Dialect.Converse, """{"additionalModelRequestFields":{"stream":true}}""", """{"additionalModelRequestFields":{"stream":false}}""")]
    [InlineData(Dialect.Llama, """{"prompt":"a"}""", """{"prompt":"b"}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"role":"developer","content":"a"}]}""", """{"messages":[{"role":"system","content":"a"}]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}]}""", """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"2"}]}]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"role":"user","content":"a"},{"role":"assistant"}]}""", """{"messages":[{"role":"user","content":"a"}]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"role":"assistant"},{"role":"user","content":"a"}]}""", """{"messages":[{"role":"user","content":"a"},{"role":"assistant"}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"content":[{"type":"text","text":"a"},{"type":"text","text":""}]}]}""", """{"messages":[{"content":[{"type":"text","text":""},{"type":"text","text":"a"}]}]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"content":[{"type":"text","text":"\ud83d"}]}]}""", """{"messages":[{"content":[{"type":"text","text":"\ud83e"}]}]}""")]
    public void AnotherMeaningHasAnotherKey(Dialect dialect, string left, string right) => Assert.NotEqual(Key(dialect, left), Key(dialect, right));

    [Fact]
    public void TheScopeTheDialectAndTheOwnersFieldsCount()
    {
        var body = """{"system":[{"text":"s"}],"user":"u"}""";
        var key = Key(Dialect.Converse, body);
        Assert.NotEqual(key, Key(Dialect.Nova, body));
        string?[][] scopes = [[], ["a"], ["a", null], ["a", ""], ["a", "b"], ["ab"], ["ab", ""], ["", "ab"], ["b", "a"], [null]];
        Assert.Equal(scopes.Length, scopes.Select(scope => Key(Dialect.Converse, body, scope)).Distinct().Count());
        var withoutUser = new CacheKeyFields("user");
        Assert.Equal(Key(Dialect.Converse, body, fields: withoutUser), Key(Dialect.Converse, """{"user":"v","system":[{"text":"s"}]}""", fields: withoutUser));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{} {}")]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":{"x":1,"b":2,"\u0078":1}}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void ABodyWithoutOneMeaningHasNoKey(string body)
    {
        Assert.False(TryKey(Dialect.Anthropic, Encoding.UTF8.GetBytes(body), [], CacheKeyFields.Default, out _));
        Assert.False(TryKey(Dialect.Llama, Encoding.UTF8.GetBytes(body), [], CacheKeyFields.Default, out _));
        Assert.False(TryKey(Dialect.Llama, [.. Encoding.UTF8.GetBytes("{\"a\":\"x"), 0xC0, .. "\"}"u8], [], CacheKeyFields.Default, out _));
    }

    [Fact]
    public void ManyMembersAreSortedToo()
    {
        var names = Enumerable.Range(0, 3_000).Select(i => $"\"n{i}\":{i}").ToArray();
        var key = Key(Dialect.Anthropic, $"{{{string.Join(',', names)}}}");
        new Random(5).Shuffle(names);
        Assert.Equal(key, Key(Dialect.Anthropic, $"{{{string.Join(',', names)}}}"));
        Assert.False(TryKey(Dialect.Anthropic, Encoding.UTF8.GetBytes($"{{{string.Join(',', names)},\"n7\":7}}"), [], CacheKeyFields.Default, out _));
    }

    [Fact]
    public void IsWrittenAndReadBack()
    {
        var key = Key(Dialect.Anthropic, "{}");
        var bytes = new byte[CacheKey.Size];
        key.Write(bytes);
        Assert.Equal(key, CacheKey.Read(bytes));
        Assert.Equal(Convert.ToHexStringLower(bytes), key.ToString());
    }

    /// <summary>Held against a plain normal form made of parsed nodes: keys are equal if and only if that is.</summary>
    [Fact]
    public void KeysAreEqualExactlyWhereMeaningIs()
    {
        var random = new Random(37);
        var (equal, different) = (0, 0);
        for (var round = 0; round < 6_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var node = RandomBodies.Body(dialect, random);
            var other = random.Next(3) == 0 ? Expanded(node, dialect, random)! : node.DeepClone();
            if (random.Next(2) == 0)
                Change(other, random);
            var isEqual = Normal(node, dialect)!.ToJsonString() == Normal(other, dialect)!.ToJsonString();
            _ = isEqual ? equal++ : different++;
            var (left, right) = (RandomBodies.Respell(node, random), RandomBodies.Respell(other, random));
            // A change may leave nothing that the dialect allows; such a body has no key.
            var hasKey = TryKey(dialect, right, ["tenant", "model"], CacheKeyFields.Default, out var rightKey);
            Assert.True(isEqual == (hasKey && Key(dialect, left) == rightKey), $"{Encoding.UTF8.GetString(left)}\n{Encoding.UTF8.GetString(right)}");
        }
        Assert.True(equal > 2_000 && different > 2_000, $"{equal} {different}");
    }

    [Fact]
    public void NoBytesMakeItThrow()
    {
        var random = new Random(47);
        var prefixes = new PrefixHash[100];
        for (var round = 0; round < 20_000; round++)
        {
            var dialect = random.Next(5) == 0 ? Dialect.Llama : RandomBodies.Dialects[random.Next(4)];
            var body = RandomBodies.Write(RandomBodies.Body(RandomBodies.Dialects[random.Next(4)], random), random);
            for (var flips = random.Next(4); flips > 0; flips--)
                body[random.Next(body.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"{}[]\"\\:,u"[random.Next(9)];
            TryKey(dialect, body, [], CacheKeyFields.Default, out _);
            using var outline = PromptOutline.Read(dialect, body);
            PrefixHashes.TryCompute(outline, body, [], PrefixForm.AsSent, prefixes);
        }
    }

    [Fact]
    public void CachePointsMakeNoDifference()
    {
        var random = new Random(41);
        for (var round = 0; round < 1_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var body = RandomBodies.Write(RandomBodies.Body(dialect, random), random);
            using var outline = PromptOutline.Read(dialect, body);
            using var edits = new BodyEdits();
            CachePointEdits.Insert(outline, [new(0, CacheLifetimes.OneHour), new(random.Next(9), CacheLifetimes.FiveMinutes), new(random.Next(9), CacheLifetimes.FiveMinutes)], edits);
            Assert.True(edits.TryApply(body, out var edited));
            using (edited)
                Assert.Equal(Key(dialect, body), Key(dialect, edited.Bytes.Span));
        }
    }

    /// <summary>Changes one thing somewhere: a text, a number, a name, or the members and elements themselves.</summary>
    internal static void Change(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } o:
                var member = o.ElementAt(random.Next(o.Count));
                if (member.Value is JsonObject { Count: > 0 } or JsonArray { Count: > 0 } && random.Next(8) > 0)
                {
                    Change(member.Value, random);
                    return;
                }
                o.Remove(member.Key);
                if (random.Next(4) == 0)
                    return;
                var renames = random.Next(4) == 0;
                o[renames ? member.Key + "_" : member.Key] = renames ? member.Value : Changed(member.Value, random);
                break;
            case JsonArray { Count: > 0 } a:
                var index = random.Next(a.Count);
                switch (random.Next(8))
                {
                    case 0:
                        a.RemoveAt(index);
                        break;
                    case 1:
                        a.Add(a[index]?.DeepClone());
                        break;
                    case 2:
                        var moved = a[index];
                        a.RemoveAt(index);
                        a.Add(moved);
                        break;
                    default:
                        if (a[index] is JsonObject or JsonArray)
                            Change(a[index]!, random);
                        else
                            a[index] = Changed(a[index], random);
                        break;
                }
                break;
        }
    }

    private static JsonNode? Changed(JsonNode? value, Random random) => value?.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>() + (random.Next(2) == 0 ? " " : "x"),
        JsonValueKind.Number => value.GetValue<decimal>() + 1,
        _ => "x",
    };

    /// <summary>Some bare strings written as the array that they stand for.</summary>
    internal static JsonNode? Expanded(JsonNode? node, Dialect dialect, Random random, string name = "", bool isFree = false) => node switch
    {
        JsonObject o => new JsonObject(o.Select(m => KeyValuePair.Create(m.Key, Expanded(m.Value, dialect, random, m.Key, isFree || IsFree(m.Key))))),
        JsonArray a => new JsonArray([.. a.Select(item => Expanded(item, dialect, random, isFree: isFree))]),
        JsonValue v when !isFree && IsBare(dialect, name, v) && random.Next(2) == 0 => new JsonArray(new JsonObject { ["type"] = "text", ["text"] = v.DeepClone() }),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Normal(JsonNode? node, Dialect dialect, string name = "", bool isFree = false) => node switch
    {
        JsonObject o => new JsonObject(o.OrderBy(m => m.Key, StringComparer.Ordinal).Where(m => isFree || m.Key != "model").Select(m => KeyValuePair.Create(m.Key, Normal(m.Value, dialect, m.Key, isFree || IsFree(m.Key))))),
        JsonArray a => new JsonArray([.. a.Select(item => Normal(item, dialect, isFree: isFree))]),
        JsonValue v when !isFree && IsBare(dialect, name, v) => new JsonArray(new JsonObject { ["text"] = v.DeepClone(), ["type"] = "text" }),
        JsonValue v when v.GetValueKind() == JsonValueKind.Number => JsonValue.Create(v.GetValue<decimal>() / 1.0000000000000000000000000000m),
        _ => node?.DeepClone(),
    };

    private static bool IsFree(string name) => name is "input" or "input_schema" or "function" or "toolConfig";

    private static bool IsBare(Dialect dialect, string name, JsonValue value) =>
        value.GetValueKind() == JsonValueKind.String
        && ((dialect == Dialect.Anthropic && name is "system" or "content") || (dialect == Dialect.OpenAi && name == "content"));

    private static CacheKey Key(Dialect dialect, string body, string?[]? scope = null, CacheKeyFields? fields = null) =>
        Key(dialect, Encoding.UTF8.GetBytes(body), scope, fields);

    private static CacheKey Key(Dialect dialect, ReadOnlySpan<byte> body, string?[]? scope = null, CacheKeyFields? fields = null)
    {
        Assert.True(TryKey(dialect, body, scope ?? ["tenant", "model"], fields ?? CacheKeyFields.Default, out var key), Encoding.UTF8.GetString(body));
        return key;
    }

    private static bool TryKey(Dialect dialect, ReadOnlySpan<byte> body, string?[] scope, CacheKeyFields fields, out CacheKey key)
    {
        using var outline = PromptOutline.Read(dialect, body);
        return CacheKey.TryCompute(outline, body, scope, fields, out key);
    }
}
