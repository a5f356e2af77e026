using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

public sealed class ParameterEditsTests
{
    [Theory]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{"maxTokens": 4096 }}""", """{"inferenceConfig":{"maxTokens": 7 }}""")]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{"maxTokens":null}}""", """{"inferenceConfig":{"maxTokens":7}}""")]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{ "topP":1}}""", """{"inferenceConfig":{"maxTokens":7, "topP":1}}""")]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{ }}""", """{"inferenceConfig":{"maxTokens":7 }}""")]
    [InlineData(Dialect.Converse, """{"inferenceConfig":null,"messages":[]}""", """{"inferenceConfig":{"maxTokens":7},"messages":[]}""")]
    [InlineData(Dialect.Converse, """{"messages":[]}""", """{"inferenceConfig":{"maxTokens":7},"messages":[]}""")]
    [InlineData(Dialect.Converse, "{}", """{"inferenceConfig":{"maxTokens":7}}""")]
    [InlineData(Dialect.Converse, """{"additionalModelRequestFields":{"max_tokens":9}}""", """{"additionalModelRequestFields":{"max_tokens":7}}""")]
    [InlineData(Dialect.Nova, """{"inferenceConfig":{"max_new_tokens":9}}""", """{"inferenceConfig":{"max_new_tokens":7}}""")]
    [InlineData(Dialect.Anthropic, """{"max_tokens":9}""", """{"max_tokens":7}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[]}""", """{"max_tokens":7,"messages":[]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[]}""", """{"max_completion_tokens":7,"messages":[]}""")]
    [InlineData(Dialect.OpenAi, """{"max_tokens":9}""", """{"max_tokens":7}""")]
    [InlineData(Dialect.OpenAi, """{"max_tokens":9,"max_completion_tokens":8}""", """{"max_tokens":7,"max_completion_tokens":7}""")]
    public void ReplacesOrAddsTheLimit(Dialect dialect, string body, string expected) => Assert.Equal(expected, Set(dialect, body, 7));

    [Theory]
    [InlineData(Dialect.Converse, """{"inferenceConfig":{"maxTokens":1,"maxTokens":2}}""")]
    [InlineData(Dialect.Llama, """{"max_gen_len":9}""")]
    [InlineData(Dialect.Anthropic, """{"max_tokens":9""")]
    public void LeavesABodyAloneThatIsNotUnderstood(Dialect dialect, string body) => Assert.Null(Set(dialect, body, 7));

    [Fact]
    public void SeveralParametersBringTheirObjectOnce()
    {
        using var outline = PromptOutline.Read(Dialect.Converse, """{"messages":[]}"""u8);
        using var edits = new BodyEdits();
        Assert.True(ParameterEdits.Set(outline, [(PromptParameter.MaxTokens, "7"u8.ToArray()), (PromptParameter.StopSequences, """["a"]"""u8.ToArray())], edits));
        Assert.True(edits.TryApply("""{"messages":[]}"""u8, out var edited));
        using (edited)
            Assert.Equal("""{"inferenceConfig":{"maxTokens":7,"stopSequences":["a"]},"messages":[]}""", Encoding.UTF8.GetString(edited.Bytes.Span));
    }

    [Fact]
    public void AnUnknownParameterOfTheDialectIsNotSet()
    {
        using var outline = PromptOutline.Read(Dialect.Converse, "{}"u8);
        using var edits = new BodyEdits();
        Assert.False(ParameterEdits.Set(outline, [(PromptParameter.MaxTokens, "7"u8.ToArray()), (PromptParameter.Seed, "1"u8.ToArray())], edits));
        Assert.True(edits.IsEmpty);
    }

    [Fact]
    public void OnlyTheLimitChanges()
    {
        var random = new Random(31);
        for (var round = 0; round < 2_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var node = RandomBodies.Body(dialect, random);
            var body = RandomBodies.Respell(node, random);
            var edited = Set(dialect, Encoding.UTF8.GetString(body), 12_345)!;
            using var outline = PromptOutline.Read(dialect, Encoding.UTF8.GetBytes(edited));
            Assert.Equal(12_345, outline.MaxTokens);
            Assert.Equal(Without(JsonNode.Parse(body)!), Without(JsonNode.Parse(edited)!));
        }
    }

    private static string Without(JsonNode body)
    {
        var holder = body["inferenceConfig"]?.AsObject();
        foreach (var name in (string[])["maxTokens", "max_tokens", "max_completion_tokens"])
        {
            holder?.Remove(name);
            body.AsObject().Remove(name);
        }
        if (holder is { Count: 0 })
            body.AsObject().Remove("inferenceConfig");
        return body.ToJsonString();
    }

    private static string? Set(Dialect dialect, string body, long value)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var outline = PromptOutline.Read(dialect, bytes);
        using var edits = new BodyEdits();
        if (!ParameterEdits.Set(outline, [(PromptParameter.MaxTokens, Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)))], edits))
        {
            Assert.True(edits.IsEmpty);
            return null;
        }
        Assert.True(edits.TryApply(bytes, out var edited));
        using (edited)
            return Encoding.UTF8.GetString(edited.Bytes.Span);
    }
}
