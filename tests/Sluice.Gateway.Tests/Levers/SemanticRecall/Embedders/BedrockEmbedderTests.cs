using System.Text;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Embedders;

public sealed class BedrockEmbedderTests
{
    [Fact]
    public async Task TitanIsAskedForNormalisedNumbers()
    {
        var (embedder, asked) = Embedder(BedrockEmbeddingFamily.Titan, """{"embedding":[3,4],"inputTextTokenCount":1}""");
        var embedding = await embedder.EmbedAsync("hello", TestContext.Current.CancellationToken);
        Assert.Equal("""{"inputText":"hello","dimensions":2,"normalize":true}""", asked.ToString());
        Assert.Equal([0.6f, 0.8f], embedding!.Values);
    }

    [Fact]
    public async Task CohereTakesAListOfTexts()
    {
        var (embedder, asked) = Embedder(BedrockEmbeddingFamily.Cohere, """{"embeddings":[[0,2]]}""");
        var embedding = await embedder.EmbedAsync("hello", TestContext.Current.CancellationToken);
        Assert.Equal("""{"texts":["hello"],"input_type":"clustering"}""", asked.ToString());
        Assert.Equal([0f, 1f], embedding!.Values);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"embedding":[1]}""")]
    [InlineData("""{"embedding":"no"}""")]
    [InlineData("no json")]
    [InlineData(null)]
    public async Task WhatIsNoEmbeddingIsNotLookedUp(string? reply)
    {
        var (embedder, _) = Embedder(BedrockEmbeddingFamily.Titan, reply);
        Assert.Null(await embedder.EmbedAsync("hello", TestContext.Current.CancellationToken));
    }

    private static (BedrockEmbedder Embedder, StringBuilder Asked) Embedder(BedrockEmbeddingFamily family, string? reply)
    {
        var asked = new StringBuilder();
        return (new("model", family, 2, (body, _) =>
        {
            asked.Append(Encoding.UTF8.GetString(body.Span));
            return ValueTask.FromResult<ReadOnlyMemory<byte>?>(reply is null ? null : Encoding.UTF8.GetBytes(reply));
        }), asked);
    }
}
