using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Tests.Replies;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;

namespace Sluice.Bedrock.Tests.Requests;

public sealed class RequestReaderTests
{
    [Fact]
    public void ReadsEveryFactOfAConverseRequest()
    {
        var facts = Read(Operation.ConverseStream, """
            {"messages":[{"role":"user","content":[{"text":"12345678"},{"cachePoint":{"type":"default"}}]}],
             "system":[{"text":"1234"},{"cachePoint":{"ttl":"1h","type":"default"}}],
             "inferenceConfig":{"maxTokens":512,"temperature":0.5,"stopSequences":["not text"]},
             "guardrailConfig":{"guardrailIdentifier":"g"},"requestMetadata":{"team":"care","app":"support"},
             "performanceConfig":{"latency":"optimized"},"serviceTier":{"type":"priority"}}
            """, "us.anthropic.claude-sonnet-4-5-20250929-v1:0");

        Assert.Equal(Dialect.Converse, facts.Dialect);
        Assert.Equal("us.anthropic.claude-sonnet-4-5-20250929-v1:0", facts.Model);
        Assert.True(facts is { Streamed: true, LatencyOptimized: true, HasGuardrail: true, WellFormed: true });
        Assert.Equal(ServiceTier.Priority, facts.Tier);
        Assert.Equal(512, facts.MaxTokens);
        Assert.Equal("app=support team=care", string.Join(' ', facts.Tags.Select(t => $"{t.Key}={t.Value}")));
        Assert.Equal(CacheLifetimes.FiveMinutes | CacheLifetimes.OneHour, facts.CacheLifetimes);
        Assert.Equal(3, facts.EstimatedInputTokens);
    }

    [Fact]
    public void ReadsInvokeModelHeaders()
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["x-amzn-bedrock-service-tier"] = "flex",
            ["x-amzn-bedrock-performanceconfig-latency"] = "optimized",
            ["x-amzn-bedrock-guardrailidentifier"] = "g",
            ["x-amzn-bedrock-request-metadata"] = """{"team":"care","n":5,"app":"support"}""",
        };
        var facts = RequestReader.Read(Operation.InvokeModel, "meta.llama3-8b-instruct-v1:0", headers.GetValueOrDefault, "{}"u8);
        Assert.True(facts is { LatencyOptimized: true, HasGuardrail: true, Tier: ServiceTier.Flex });
        Assert.Equal("app=support team=care", string.Join(' ', facts.Tags.Select(t => $"{t.Key}={t.Value}")));
    }

    [Theory]
    [InlineData("{broken")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("\u0001")]
    [InlineData("")]
    public void ABrokenMetadataHeaderGivesNoTagsAndNoError(string header) =>
        Assert.Empty(RequestReader.Read(Operation.InvokeModel, "m", name => name == "X-Amzn-Bedrock-Request-Metadata" ? header : null, "{}"u8).Tags);

    [Theory]
    [InlineData(Operation.InvokeModel, """{"max_tokens":7}""")]
    [InlineData(Operation.InvokeModel, """{"max_tokens_to_sample":7}""")]
    [InlineData(Operation.InvokeModel, """{"max_gen_len":7}""")]
    [InlineData(Operation.InvokeModel, """{"textGenerationConfig":{"maxTokenCount":7}}""")]
    [InlineData(Operation.InvokeModel, """{"inferenceConfig":{"max_new_tokens":7}}""")]
    [InlineData(Operation.InvokeModel, """{"maxTokens":7}""")]
    [InlineData(Operation.ChatCompletions, """{"max_tokens":5,"max_completion_tokens":7}""")]
    [InlineData(Operation.Responses, """{"max_output_tokens":7}""")]
    [InlineData(Operation.Converse, """{"inferenceConfig":{"m\u0061xTokens":7}}""")]
    public void ReadsTheOutputLimitOfEveryDialect(Operation operation, string body) => Assert.Equal(7, Read(operation, body).MaxTokens);

    [Theory]
    [InlineData("""{"n":3,"max_tokens":7}""", 3, 7L)]
    [InlineData("""{"num_generations":2}""", 2, null)]
    [InlineData("""{"n":0}""", 1, null)]
    [InlineData("""{"messages":[{"n":9}],"tools":[{"n":9}]}""", 1, null)]
    [InlineData("""{"inferenceConfig":{"maxTokens":7},"additionalModelRequestFields":{"n":4,"max_tokens":90}}""", 4, 90L)]
    [InlineData("""{"additionalModelRequestFields":{"max_tokens":90}}""", 1, null)]
    public void ReadsHowManyAnswersAreAskedForAndTheLargestMaximum(string body, int answers, long? maxTokens)
    {
        var facts = Read(Operation.Converse, body);
        Assert.Equal((answers, maxTokens), (facts.Answers, facts.MaxTokens));
    }

    [Theory]
    [InlineData("""{"max_tokens":1e999}""")]
    [InlineData("""{"max_tokens":99999999999999999999999999}""")]
    [InlineData("""{"max_tokens":-7}""")]
    [InlineData("""{"max_tokens":"7"}""")]
    [InlineData("""{"tools":[{"input_schema":{"max_tokens":7}}]}""")]
    public void ALimitThatCannotBeIsNone(string body)
    {
        var facts = Read(Operation.Messages, body);
        Assert.Null(facts.MaxTokens);
        Assert.True(facts.WellFormed);
    }

    [Fact]
    public void TheModelComesFromThePathBeforeTheBody()
    {
        Assert.Equal("path", Read(Operation.InvokeModel, """{"model":"body"}""", "path").Model);
        Assert.Equal("body", Read(Operation.ChatCompletions, """{"model":"body"}""").Model);
        Assert.Equal("amazon.nova-reel-v1:0", Read(Operation.StartAsyncInvoke, """{"modelId":"amazon.nova-reel-v1:0"}""").Model);
        Assert.Null(Read(Operation.ChatCompletions, """{"messages":[{"model":"body"}]}""").Model);
    }

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"stream":true}""", true)]
    [InlineData(Operation.ChatCompletions, """{"stream":false}""", false)]
    [InlineData(Operation.ChatCompletions, """{"stream":true,"stream":false}""", false)]
    [InlineData(Operation.Messages, """{"metadata":{"stream":true}}""", false)]
    [InlineData(Operation.InvokeModel, """{"stream":true}""", false)]
    [InlineData(Operation.InvokeModelWithResponseStream, "{}", true)]
    public void KnowsWhetherTheReplyWillBeAStream(Operation operation, string body, bool streamed) =>
        Assert.Equal(streamed, Read(operation, body).Streamed);

    [Theory]
    [InlineData("us-gov.anthropic.claude-3-haiku-20240307-v1:0", Dialect.Anthropic)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7", Dialect.Anthropic)]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0", Dialect.TitanEmbedding)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl", Dialect.Unknown)]
    public void TheModelIdentifierTellsTheDialect(string model, Dialect dialect) =>
        Assert.Equal(dialect, Read(Operation.InvokeModel, "{}", model).Dialect);

    [Fact]
    public void Claude2WithAPromptSpeaksTextCompletions() =>
        Assert.Equal(Dialect.AnthropicText, Read(Operation.InvokeModel, """{"prompt":"x"}""", "anthropic.claude-v2:1").Dialect);

    [Theory]
    [InlineData("amazon.titan-embed-image-v1", """{"inputText":"a","inputImage":"AAAA"}""", 1)]
    [InlineData("cohere.embed-english-v3", """{"images":["data:image/png;base64,AAAA","data:image/png;base64,AAAA"]}""", 2)]
    [InlineData("cohere.embed-v4:0", """{"inputs":[{"content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}""", 1)]
    [InlineData("amazon.nova-2-multimodal-embeddings-v1:0", """{"singleEmbeddingParams":{"image":{"format":"png","source":{"bytes":"AAAA"}}}}""", 1)]
    [InlineData("us.amazon.nova-pro-v1:0", """{"messages":[{"content":[{"image":{"source":{"bytes":"AAAA"}}}]}]}""", 0)]
    public void CountsTheImagesOfEmbeddingRequests(string model, string body, int images) =>
        Assert.Equal(images, Read(Operation.InvokeModel, body, model).InputImages);

    [Theory]
    [InlineData("""{"anthropic_version":"bedrock-2023-05-31","messages":[]}""", Dialect.Anthropic)]
    [InlineData("""{"prompt":"\n\nHuman:","max_tokens_to_sample":9}""", Dialect.AnthropicText)]
    [InlineData("""{"inputText":"x","textGenerationConfig":{}}""", Dialect.TitanText)]
    [InlineData("""{"inputText":"x"}""", Dialect.TitanEmbedding)]
    [InlineData("""{"prompt":"x","max_gen_len":5}""", Dialect.Llama)]
    [InlineData("""{"query":"x","documents":["y"]}""", Dialect.CohereRerank)]
    [InlineData("""{"texts":["y"]}""", Dialect.CohereEmbed)]
    [InlineData("""{"messages":[],"inferenceConfig":{}}""", Dialect.Nova)]
    [InlineData("""{"messages":[]}""", Dialect.Unknown)]
    public void TheBodyTellsTheDialectThatAnArnHides(string body, Dialect dialect) =>
        Assert.Equal(dialect, Read(Operation.InvokeModel, body, "arn:aws:bedrock:us-east-1:1:application-inference-profile/x").Dialect);

    [Theory]
    [InlineData("""{"messages":[{"content":[{"image":{"source":{"bytes":"%"}}}]}]}""", Operation.Converse)]
    [InlineData("""{"messages":[{"content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"%"}}]}]}""", Operation.Messages)]
    [InlineData("""{"messages":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,%"}}]}]}""", Operation.ChatCompletions)]
    [InlineData("""{"input":[{"content":[{"type":"input_image","image_url":"data:image/png;base64,%"}]}]}""", Operation.Responses)]
    [InlineData("""{"inputImage":"%"}""", Operation.InvokeModel)]
    public void MediaIsNotText(string body, Operation operation) =>
        Assert.Equal(0, Read(operation, body.Replace("%", new string('A', 4000), StringComparison.Ordinal)).EstimatedInputTokens);

    [Fact]
    public void ThePlainTextOfADocumentIsText() =>
        Assert.Equal(1000, Read(Operation.Messages, $$$"""{"messages":[{"content":[{"type":"document","source":{"type":"text","data":"{{{string.Concat(Enumerable.Repeat("lorem ip", 500))}}}"}}]}]}""").EstimatedInputTokens);

    [Fact]
    public void EscapesAreCountedByWhatTheyStandFor() =>
        Assert.Equal(3, Read(Operation.Messages, """{"messages":[{"content":"\u20ac\u20ac\u20ac\ud83d\ude00"}]}""").EstimatedInputTokens - 1);

    [Theory]
    [InlineData("", false)]
    [InlineData("{", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    [InlineData("{} {}", false)]
    [InlineData("{\"a\":1,}", false)]
    [InlineData("{\"model\":\"a\"", false)]
    [InlineData("{\"a\":1,\"a\":2}", true)]
    public void SaysWhetherTheBodyIsWellFormed(string body, bool wellFormed) =>
        Assert.Equal(wellFormed, Read(Operation.Messages, body).WellFormed);

    [Fact]
    public void KeepsTheFactsThatStoodBeforeTheDamage()
    {
        var facts = Read(Operation.Messages, """{"model":"m","max_tokens":9,"messages":[{""");
        Assert.Equal(("m", 9, false), (facts.Model, facts.MaxTokens, facts.WellFormed));
    }

    [Fact]
    public void NestingWithoutEndIsNotWellFormed() =>
        Assert.False(Read(Operation.Messages, string.Concat(Enumerable.Repeat("{\"a\":", 100_000))).WellFormed);

    [Fact]
    public void InvalidUtf8IsNotWellFormed()
    {
        foreach (var name in (string[])["model", "text", "requestMetadata\":{\"a"])
        {
            byte[] body = [.. Encoding.UTF8.GetBytes($"{{\"{name}\":\"x"), 0xFF, 0xC0, .. "\"}}"u8[..(name.Contains('{', StringComparison.Ordinal) ? 3 : 2)]];
            Assert.False(RequestReader.Read(Operation.Messages, null, _ => null, body).WellFormed);
        }
    }

    [Fact]
    public void AFloodOfTagsIsCutOff()
    {
        var metadata = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"k{i}\":\"v\""));
        Assert.Equal(RequestReader.MaxTags, Read(Operation.Converse, $$$"""{"requestMetadata":{ {{{metadata}}} } }""").Tags.Count);
        Assert.Equal(RequestReader.MaxTags, RequestReader.Read(Operation.InvokeModel, "m", _ => $"{{{metadata}}}", "{}"u8).Tags.Count);
    }

    [Fact]
    public void AToolSchemaThatSpeaksOfCachingIsNoMarker() =>
        Assert.Equal(CacheLifetimes.None, Read(Operation.Messages, """{"tools":[{"input_schema":{"properties":{"cache_control":{"type":"object","ttl":"1h"}}}}]}""").CacheLifetimes);

    [Theory]
    [InlineData("""{"cache_control":{"type":"ephemeral"}}""", CacheLifetimes.FiveMinutes)]
    [InlineData("""{"tools":[{"name":"t","cache_control":{"type":"ephemeral","ttl":"1h"}}]}""", CacheLifetimes.OneHour)]
    [InlineData("""{"messages":[{"content":[{"type":"tool_result","content":[{"type":"text","text":"x","cache_control":{"ttl":"5m","type":"ephemeral"}}]}]}]}""", CacheLifetimes.FiveMinutes)]
    [InlineData("""{"toolConfig":{"tools":[{"cachePoint":{"type":"default","ttl":"1h"}}]}}""", CacheLifetimes.OneHour)]
    public void FindsCacheMarkersWhereverTheyMayStand(string body, CacheLifetimes lifetimes) =>
        Assert.Equal(lifetimes, Read(Operation.InvokeModel, body).CacheLifetimes);

    [Fact]
    public void NoBytesMakeItThrow()
    {
        var random = new Random(7);
        byte[][] seeds = [.. GoldenCase.Names().Select(row => GoldenCase.Load(row.Data).RequestBody).Where(b => b.Length is > 0 and < 4000)];
        for (var round = 0; round < 20_000; round++)
        {
            var body = random.Next(3) == 0
                ? Encoding.UTF8.GetBytes(ReplyMeterPropertyTests.RandomJson(random, 6))
                : seeds[random.Next(seeds.Length)].ToArray();
            for (var flips = random.Next(4); flips > 0 && body.Length > 0; flips--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                body = body[..random.Next(body.Length + 1)];
            var model = random.Next(2) == 0 ? "amazon.rerank-v1:0" : null;
            var facts = RequestReader.Read((Operation)random.Next(17), model, _ => null, body);
            Assert.True(facts is { EstimatedInputTokens: >= 0, RequestedImages: >= 0, InputImages: >= 0 });
        }
    }

    [Theory]
    [InlineData(1, 10, 1, true)]
    [InlineData(100, 300, 1, true)]
    [InlineData(101, 10, 2, true)]
    [InlineData(350, 10, 4, true)]
    // One document of 512 tokens' room: 500 bytes are at most 500 tokens, 3,000 bytes some 750 but at most 3,000.
    [InlineData(60, 3000, 2, false)]
    [InlineData(10, 3000, 1, true)]
    [InlineData(100, 600, 1, false)]
    public void CountsSearchUnits(int documents, int bytes, int units, bool exact)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { documents = Enumerable.Repeat(new string('x', bytes), documents), query = "what?" });
        Assert.Equal(new SearchUnits(units, exact), RequestReader.Read(Operation.InvokeModel, "cohere.rerank-v3-5:0", _ => null, body).SearchUnits);
        var fields = JsonSerializer.SerializeToUtf8Bytes(new { documents = Enumerable.Repeat(new { text = new string('x', bytes) }, documents), query = "what?" });
        Assert.Equal(units, RequestReader.Read(Operation.InvokeModel, "cohere.rerank-v3-5:0", _ => null, fields).SearchUnits.Count);
    }

    private static RequestFacts Read(Operation operation, string body, string? model = null) =>
        RequestReader.Read(operation, model, _ => null, Encoding.UTF8.GetBytes(body));
}
