using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

public sealed class ModelFamiliesTests
{
    [Theory]
    [InlineData("anthropic.claude-opus-4-7", Dialect.Anthropic)]
    [InlineData("anthropic.claude-v2:1", Dialect.Anthropic)]
    [InlineData("amazon.nova-2-lite-v1:0", Dialect.Nova)]
    [InlineData("amazon.nova-canvas-v1:0", Dialect.Image)]
    [InlineData("amazon.nova-reel-v1:1", Dialect.Unknown)]
    [InlineData("amazon.titan-text-express-v1", Dialect.TitanText)]
    [InlineData("amazon.titan-embed-text-v2:0", Dialect.TitanEmbedding)]
    [InlineData("amazon.titan-image-generator-v2:0", Dialect.Image)]
    [InlineData("meta.llama3-3-70b-instruct-v1:0", Dialect.Llama)]
    [InlineData("mistral.mistral-large-2402-v1:0", Dialect.Mistral)]
    [InlineData("cohere.command-r-v1:0", Dialect.CohereCommand)]
    [InlineData("cohere.embed-v4:0", Dialect.CohereEmbed)]
    [InlineData("cohere.rerank-v3-5:0", Dialect.CohereRerank)]
    [InlineData("amazon.rerank-v1:0", Dialect.CohereRerank)]
    [InlineData("ai21.jamba-1-5-mini-v1:0", Dialect.Ai21)]
    [InlineData("deepseek.r1-v1:0", Dialect.DeepSeek)]
    [InlineData("qwen.qwen3-32b-v1:0", Dialect.Qwen)]
    [InlineData("openai.gpt-oss-20b-1:0", Dialect.OpenAi)]
    [InlineData("stability.sd3-5-large-v1:0", Dialect.Image)]
    [InlineData("someone.new-model", Dialect.Unknown)]
    [InlineData("", Dialect.Unknown)]
    public void TheModelDecidesTheBodyOfInvokeModel(string model, Dialect dialect) =>
        Assert.Equal(dialect, ModelFamilies.DialectOf(Operation.InvokeModel, model));

    [Theory]
    [InlineData(Operation.ConverseStream, Dialect.Converse)]
    [InlineData(Operation.ChatCompletions, Dialect.OpenAi)]
    [InlineData(Operation.Responses, Dialect.OpenAiResponses)]
    [InlineData(Operation.Messages, Dialect.Anthropic)]
    [InlineData(Operation.ApplyGuardrail, Dialect.Guardrail)]
    [InlineData(Operation.InvokeModel, Dialect.Unknown)]
    [InlineData(Operation.Unknown, Dialect.Unknown)]
    public void EveryOtherOperationDecidesItself(Operation operation, Dialect dialect) =>
        Assert.Equal(dialect, ModelFamilies.DialectOf(operation, null));
}
