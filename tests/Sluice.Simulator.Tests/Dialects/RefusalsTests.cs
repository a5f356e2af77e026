using System.Net;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Dialects;

/// <summary>Requests that Bedrock refuses, with the words that public reports quote.</summary>
public sealed class RefusalsTests
{
    private const string Use = """{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"n","input":{}}}]}""";
    private const string Result = """{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"5"}]}}]}""";
    private const string Question = """{"role":"user","content":[{"text":"Hi"}]}""";

    [Theory]
    [InlineData("""{"role":"user","content":[{"cachePoint":{"type":"default"}}]}""", "There is nothing available to cache.")]
    [InlineData("""{"role":"user","content":[{"cachePoint":{"type":"default"}},{"text":"Hi"}]}""", "There is nothing available to cache.")]
    [InlineData("""{"role":"user","content":[{"text":"Hi"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"x","signature":"s"}}},{"cachePoint":{"type":"default"}}]}""", "Cache point cannot be inserted after reasoning block.")]
    [InlineData(Result, "The number of toolResult blocks at messages.0.content exceeds the number of toolUse blocks of previous turn.")]
    [InlineData(Question + "," + Use + "," + Result + "," + Result, "The number of toolResult blocks at messages.3.content exceeds the number of toolUse blocks of previous turn.")]
    [InlineData(Question + "," + Use + "," + Question, "Expected toolResult blocks at messages.2.content for the following Ids: t1")]
    public async Task ConverseRefusesTurnsThatDoNotFit(string messages, string message)
    {
        await using var bedrock = await StartAsync();
        var answer = await bedrock.ConverseAsync(Sonnet, $$"""{"messages":[{{messages}}]}""");
        Assert.Equal((HttpStatusCode.BadRequest, "ValidationException"), (answer.Status, answer.Error.Name));
        Assert.StartsWith(message, answer.Error.Message, StringComparison.Ordinal);
        Assert.False((await bedrock.LastLoggedAsync()).Billed);
    }

    [Theory]
    [InlineData(Question + "," + Use + "," + Result)]
    [InlineData(Question + "," + Use)]
    [InlineData(Question + "," + Use + """,{"role":"system","content":[{"text":"Be brief."}]},""" + Result)]
    [InlineData("""{"role":"user","content":[{"text":"Hi"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"x","signature":"s"}}},{"text":"Yes"},{"cachePoint":{"type":"default"}}]}""")]
    public async Task ConverseTakesTurnsThatFit(string messages)
    {
        await using var bedrock = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Sonnet, $$"""{"messages":[{{messages}}]}""")).Status);
    }

    [Theory]
    [InlineData("report")]
    [InlineData("Report 2026 (final) [v2]-a_b")]
    public async Task TakesDocumentsOfPlainNames(string name) => Assert.Equal(HttpStatusCode.OK, (await NamedAsync(name)).Status);

    [Theory]
    [InlineData("John's report")]
    [InlineData("invoice #12")]
    [InlineData("two  blanks")]
    [InlineData("report.pdf")]
    [InlineData("a\\tb")]
    [InlineData("\u8CC7\u6599")]
    [InlineData("a\u3000b")]
    public async Task RefusesDocumentsOfOtherNames(string name)
    {
        var answer = await NamedAsync(name);
        Assert.Equal("ValidationException", answer.Error.Name);
        Assert.StartsWith("The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets.", answer.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0")]
    public async Task AnArnInThePathHasToBeEscaped(string arn)
    {
        await using var bedrock = await StartAsync();
        var answer = await bedrock.PostAsync($"/model/{arn}/converse", Ask("Hi"));
        Assert.Equal((HttpStatusCode.NotFound, "UnknownOperationException"), (answer.Status, answer.Headers["x-amzn-ErrorType"].Split(':')[0]));
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(arn, Ask("Hi"))).Status);
    }

    [Theory]
    [InlineData("\"cache_control\":{\"type\":\"ephemeral\"}", "cache_control: Extra inputs are not permitted")]
    [InlineData("\"speed\":\"fast\"", "speed: Extra inputs are not permitted")]
    [InlineData("\"context_management\":{\"edits\":[]}", "context_management: Extra inputs are not permitted")]
    [InlineData("\"anthropic_beta\":[\"prompt-caching-scope-2026-01-05\"]", "invalid beta flag")]
    public async Task InvokeRefusesFieldsAndFlagsThatOnlyAnthropicTakes(string field, string message)
    {
        await using var bedrock = await StartAsync();
        var answer = await bedrock.InvokeAsync(Sonnet, $$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,{{field}},"messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Equal((HttpStatusCode.BadRequest, "ValidationException", message), (answer.Status, answer.Error.Name, answer.Error.Message));
    }

    [Fact]
    public async Task AFlagAllowsItsField()
    {
        await using var bedrock = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await bedrock.InvokeAsync(Sonnet, """{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"anthropic_beta":["context-management-2025-06-27"],"context_management":{"edits":[]},"metadata":{"user_id":"u"},"messages":[{"role":"user","content":"Hi"}]}""")).Status);
    }

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"5"}]}""", "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1.")]
    [InlineData("""{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"n","input":{}}]},{"role":"user","content":"And?"}""", "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: t1.")]
    [InlineData("""{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"s","cache_control":{"type":"ephemeral"}},{"type":"text","text":"Yes"}]}""", "messages.1.content.0.thinking.cache_control: Extra inputs are not permitted")]
    public async Task MessagesRefusesTurnsThatDoNotFit(string messages, string message)
    {
        await using var bedrock = await StartAsync();
        var answer = await bedrock.PostAsync("/anthropic/v1/messages", $$"""{"model":"{{Sonnet}}","max_tokens":5,"messages":[{{messages}}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.StartsWith(message, answer.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<Answer> NamedAsync(string name)
    {
        await using var bedrock = await StartAsync();
        return await bedrock.ConverseAsync(Nova, $$"""{"messages":[{"role":"user","content":[{"text":"Sum up"},{"document":{"format":"pdf","name":"{{name}}","source":{"bytes":"AAAA"} } }]}]}""");
    }
}
