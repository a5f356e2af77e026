using System.Text;
using Sluice.Bedrock.Replies;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Tests.Replies;

public sealed class UsageCheckTests
{
    [Theory]
    // By the contract: the input leaves out what the cache read and wrote.
    [InlineData("global.openai.gpt-5.6-sol", 2, 20, 12421, 8367, 4032, null)]
    // The same call with the cached tokens inside the input, and then once more in the total.
    [InlineData("global.openai.gpt-5.6-sol", 12401, 20, 24820, 8367, 4032, SuspectUsage.InputMayIncludeCached)]
    [InlineData("xai.grok-4.6", 5000, 20, 9020, 4000, 0, SuspectUsage.InputMayIncludeCached)]
    // Whoever the model is of, a total without the cached tokens says that they are inside.
    [InlineData("us.anthropic.claude-sonnet-4-6", 5000, 20, 5020, 4000, 0, SuspectUsage.InputMayIncludeCached)]
    // Claude and Nova keep to the contract, and most of a prompt may be new.
    [InlineData("us.anthropic.claude-sonnet-4-6", 5000, 20, 9020, 4000, 0, null)]
    [InlineData("amazon.nova-2-lite-v1:0", 5000, 20, 9020, 4000, 0, null)]
    [InlineData("global.openai.gpt-5.6-sol", 500, 20, 4520, 4000, 0, null)]
    [InlineData("us.anthropic.claude-sonnet-4-6", 100, 20, 120, 0, 0, null)]
    [InlineData("us.anthropic.claude-sonnet-4-6", 100, 20, 900, 0, 0, SuspectUsage.TotalMismatch)]
    [InlineData("us.anthropic.claude-sonnet-4-6", 100, 20, 119, 0, 0, SuspectUsage.TotalMismatch)]
    public void ConversesCountsAreHeldToTheirContract(string model, int input, int output, int total, int read, int written, string? suspect)
    {
        var reading = Read(Operation.Converse, Dialect.Converse, model, $$$"""
            {"output":{"message":{"content":[{"text":"hello"}]}},"stopReason":"end_turn","usage":{"inputTokens":{{{input}}},"outputTokens":{{{output}}},"totalTokens":{{{total}}},"cacheReadInputTokens":{{{read}}},"cacheWriteInputTokens":{{{written}}}}}
            """);
        Assert.Equal(suspect, reading.Suspect);
        // A mark is all that it gets: which reading is right is for the bill to say.
        Assert.Equal((input, read, UsageSource.Measured), (reading.Usage!.Input, reading.Usage.CacheRead, reading.Usage.Source));
    }

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}""", null)]
    [InlineData("""{"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":130,"completion_tokens_details":{"reasoning_tokens":20}}}""", null)]
    [InlineData("""{"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":200}}""", SuspectUsage.TotalMismatch)]
    [InlineData("""{"usage":{"prompt_tokens":10,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":400}}}""", SuspectUsage.CacheAboveInput)]
    [InlineData("""{"usage":{"prompt_tokens":-1,"completion_tokens":3}}""", SuspectUsage.ImpossibleCount)]
    [InlineData("""{"usage":{"prompt_tokens":4294967295,"completion_tokens":3}}""", SuspectUsage.ImpossibleCount)]
    public void ChatCompletionsCountsAreHeldToTheirContract(string body, string? suspect) =>
        Assert.Equal(suspect, Read(Operation.ChatCompletions, Dialect.OpenAi, "openai.gpt-oss-120b-1:0", body).Suspect);

    [Fact]
    public void ASplitOfMoreWritesThanThereAreIsSuspect() =>
        Assert.Equal(SuspectUsage.SplitAboveWrites, Read(Operation.Messages, Dialect.Anthropic, "anthropic.claude-sonnet-4-6", """
            {"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":900,"cache_creation":{"ephemeral_5m_input_tokens":900,"ephemeral_1h_input_tokens":500}}}
            """).Suspect);

    private static ReplyReading Read(Operation operation, Dialect dialect, string model, string body)
    {
        using var meter = ReplyMeter.Create(operation, dialect, ReplyFraming.Json, new() { Dialect = dialect, Model = model });
        meter.Append(Encoding.UTF8.GetBytes(body));
        return meter.Finish(_ => null);
    }
}
