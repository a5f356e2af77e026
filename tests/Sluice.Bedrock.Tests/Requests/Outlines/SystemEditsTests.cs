using System.Text;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

public sealed class SystemEditsTests
{
    private const string Hello = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    private const string HelloBlocks = "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]";

    [Theory]
    [InlineData(Dialect.Converse, """{"system":[{"text":"A"}],M}""", """{"system":[{"text":"A"},{"text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Converse, """{"system":[{"text":"A"},{"cachePoint":{"type":"default"}} ],M}""", """{"system":[{"text":"A"},{"cachePoint":{"type":"default"}} ,{"text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Converse, """{"system":[],M}""", """{"system":[{"text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Converse, """{"system":null,M}""", """{"system":[{"text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Converse, """{M}""", """{"system":[{"text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Nova, """{"system":[{"text":"A"}],M}""", """{"system":[{"text":"A"},{"text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Anthropic, """{"system":"A",M}""", """{"system":"A\n\nBe \"brief\".",M}""")]
    [InlineData(Dialect.Anthropic, """{"system":[{"type":"text","text":"A"}],M}""", """{"system":[{"type":"text","text":"A"},{"type":"text","text":"Be \"brief\"."}],M}""")]
    [InlineData(Dialect.Anthropic, """{M}""", """{"system":"Be \"brief\".",M}""")]
    [InlineData(Dialect.OpenAi, """{M}""", """{"messages":[{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"Hi"}]}""")]
    [InlineData(Dialect.OpenAi, """{"messages":[{"role":"developer","content":"A"},{"role":"user","content":"Hi"}]}""", """{"messages":[{"role":"developer","content":"A"},{"role":"system","content":"Be \"brief\"."},{"role":"user","content":"Hi"}]}""")]
    public void PutsAnInstructionBehindTheCallersOwn(Dialect dialect, string body, string expected) => Assert.Equal(Whole(dialect, expected), Append(dialect, Whole(dialect, body)));

    [Theory]
    [InlineData(Dialect.Converse, """{"messages":[]}""")]
    [InlineData(Dialect.Anthropic, """{"messages":[{"role":"user","content":"Hi"}""")]
    [InlineData(Dialect.Llama, """{"prompt":"Hi"}""")]
    public void LeavesABodyAloneThatHasNoMessagesOrIsNotUnderstood(Dialect dialect, string body) => Assert.Null(Append(dialect, body));

    [Fact]
    public void NothingElseChanges()
    {
        var random = new Random(32);
        for (var round = 0; round < 2_000; round++)
        {
            var dialect = RandomBodies.Dialects[round % 4];
            var body = RandomBodies.Respell(RandomBodies.Body(dialect, random), random);
            if (Append(dialect, Encoding.UTF8.GetString(body)) is not { } edited)
                continue;
            var (before, after) = (JsonNode.Parse(body)!.AsObject(), JsonNode.Parse(edited)!.AsObject());
            foreach (var holder in (JsonObject[])[before, after])
                holder.Remove(dialect == Dialect.OpenAi ? "messages" : "system");
            Assert.True(JsonNode.DeepEquals(before, after));
            using var outline = PromptOutline.Read(dialect, Encoding.UTF8.GetBytes(edited));
            Assert.True(outline.IsComplete);
        }
    }

    private static string Whole(Dialect dialect, string body) => body.Replace("M}", (dialect is Dialect.Converse or Dialect.Nova ? HelloBlocks : Hello) + "}", StringComparison.Ordinal);

    private static string? Append(Dialect dialect, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var outline = PromptOutline.Read(dialect, bytes);
        using var edits = new BodyEdits();
        if (!SystemEdits.Append(outline, "Be \"brief\".", edits))
        {
            Assert.True(edits.IsEmpty);
            return null;
        }
        Assert.True(edits.TryApply(bytes, out var edited));
        using (edited)
            return Encoding.UTF8.GetString(edited.Bytes.Span);
    }
}
