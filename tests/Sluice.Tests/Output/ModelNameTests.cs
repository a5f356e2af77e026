using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4.5")]
    [InlineData("us.anthropic.claude-3-5-haiku-20241022-v1:0", "claude-3.5-haiku")]
    [InlineData("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3.5-sonnet-v2")]
    [InlineData("anthropic.claude-v2:1", "claude-v2:1")]
    [InlineData("us-gov.amazon.nova-lite-v1:0", "nova-lite")]
    [InlineData("meta.llama3-1-405b-instruct-v1:0", "llama3.1-405b-instruct")]
    [InlineData("google.gemma-3-4b-it", "gemma-3-4b-it")]
    [InlineData("deepseek.r1-v1:0", "deepseek.r1")]
    [InlineData("deepseek.v3.2", "deepseek.v3.2")]
    [InlineData("moonshotai.kimi-k2.5", "kimi-k2.5")]
    [InlineData("openai.gpt-5.4", "gpt-5.4")]
    [InlineData("Claude Sonnet 4.5", "Claude Sonnet 4.5")]
    [InlineData("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/x-v1:0", "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/x-v1:0")]
    [InlineData("", "")]
    [InlineData("(none)", "(none)")]
    public void KeepsWhatTellsModelsApart(string id, string expected) => Assert.Equal(expected, ModelName.Short(id));

    [Fact]
    public void IdsWithTheSameShortNameStayAsTheyAre()
    {
        var names = ModelName.ShortNames(["us.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0"]);

        Assert.Equal("us.anthropic.claude-sonnet-4-6", names["us.anthropic.claude-sonnet-4-6"]);
        Assert.Equal("anthropic.claude-sonnet-4-6", names["anthropic.claude-sonnet-4-6"]);
        Assert.Equal("nova-lite", names["amazon.nova-lite-v1:0"]);
    }
}
