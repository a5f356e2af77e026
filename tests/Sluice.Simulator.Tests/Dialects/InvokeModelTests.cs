using System.Net;
using System.Text.Json.Nodes;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Dialects;

public sealed class InvokeModelTests
{
    private const string Chat = """{"messages":[{"role":"user","content":"Hello there"}],"max_tokens":40}""";

    /// <summary>Model, body, and where reply, input and output count stand, in the vendor's own documentation.</summary>
    public static TheoryData<string, string, string, string?, string?> TextModels => new()
    {
        { "anthropic.claude-sonnet-4-5-20250929-v1:0", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":40,"messages":[{"role":"user","content":"Hello there"}]}""", "content/0/text", "usage/input_tokens", "usage/output_tokens" },
        { "anthropic.claude-v2:1", """{"prompt":"\n\nHuman: Hello there\n\nAssistant:","max_tokens_to_sample":40}""", "completion", null, null },
        { "amazon.nova-lite-v1:0", """{"messages":[{"role":"user","content":[{"text":"Hello there"}]}],"inferenceConfig":{"maxTokens":40}}""", "output/message/content/0/text", "usage/inputTokens", "usage/outputTokens" },
        { "amazon.titan-text-express-v1", """{"inputText":"Hello there","textGenerationConfig":{"maxTokenCount":40}}""", "results/0/outputText", "inputTextTokenCount", "results/0/tokenCount" },
        { "meta.llama3-70b-instruct-v1:0", """{"prompt":"Hello there","max_gen_len":40}""", "generation", "prompt_token_count", "generation_token_count" },
        { "mistral.mistral-7b-instruct-v0:2", """{"prompt":"Hello there","max_tokens":40}""", "outputs/0/text", null, null },
        { "mistral.mistral-large-2407-v1:0", Chat, "choices/0/message/content", "usage/prompt_tokens", "usage/completion_tokens" },
        { "cohere.command-text-v14", """{"prompt":"Hello there","max_tokens":40}""", "generations/0/text", null, null },
        { "cohere.command-r-v1:0", """{"message":"Hello there","max_tokens":40}""", "text", null, null },
        { "ai21.jamba-1-5-mini-v1:0", Chat, "choices/0/message/content", "usage/prompt_tokens", "usage/completion_tokens" },
        { "deepseek.r1-v1:0", """{"prompt":"Hello there","max_tokens":40}""", "choices/0/text", null, null },
        { "deepseek.v3-v1:0", Chat, "choices/0/message/content", "usage/prompt_tokens", "usage/completion_tokens" },
        { "qwen.qwen3-32b-v1:0", Chat, "choices/0/message/content", "usage/prompt_tokens", "usage/completion_tokens" },
        { "openai.gpt-oss-120b-1:0", Chat, "choices/0/message/content", "usage/prompt_tokens", "usage/completion_tokens" },
    };

    private static JsonNode At(JsonNode json, string path) =>
        path.Split('/').Aggregate(json, (node, part) => node is JsonArray array ? array[int.Parse(part)]! : node[part]!);

    [Theory]
    [MemberData(nameof(TextModels))]
    public async Task AnswersInTheVendorsShapeWithCountsThatAgreeWithTheLog(string model, string body, string text, string? input, string? output)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.InvokeAsync(model, body);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.NotEqual("", At(answer.Json, text).GetValue<string>());
        var logged = await bedrock.LastLoggedAsync();
        Assert.True(logged.Billed && logged.Input > 0 && logged.Output is > 0 and <= 40);
        if (input is not null)
            Assert.Equal((logged.Input, logged.Output), (At(answer.Json, input).GetValue<long>(), At(answer.Json, output!).GetValue<long>()));

        // AI21 doesn't fill the headers; the others do (bedrock.md 1.4, but for Cohere, whose headers public code has measured).
        var hasHeaders = !model.StartsWith("ai21.", StringComparison.Ordinal);
        Assert.Equal(hasHeaders, answer.Headers.ContainsKey("X-Amzn-Bedrock-Input-Token-Count"));
        if (hasHeaders)
            Assert.Equal((logged.Input.ToString(), logged.Output.ToString()), (answer.Headers["X-Amzn-Bedrock-Input-Token-Count"], answer.Headers["X-Amzn-Bedrock-Output-Token-Count"]));
    }

    [Theory]
    [MemberData(nameof(TextModels))]
    public async Task EndsItsStreamWithTheMetricsOfTheWholeCall(string model, string body, string text, string? input, string? output)
    {
        Assert.NotNull(text);
        Assert.True(input is null || output is not null);
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var chunks = await bedrock.InvokeStreamAsync(model, body);
        var logged = await bedrock.LastLoggedAsync();
        Assert.True(chunks.Count > 2);
        Assert.All(chunks.SkipLast(1), chunk => Assert.Null(chunk["amazon-bedrock-invocationMetrics"]));
        var metrics = chunks[^1]["amazon-bedrock-invocationMetrics"]!;
        Assert.Equal((logged.Input, logged.Output), (metrics["inputTokenCount"]!.GetValue<long>(), metrics["outputTokenCount"]!.GetValue<long>()));
        Assert.Equal(["inputTokenCount", "outputTokenCount", "invocationLatency", "firstByteLatency", "cacheReadInputTokenCount", "cacheWriteInputTokenCount"], metrics.AsObject().Select(field => field.Key));
        Assert.True(logged.Streamed);
    }

    [Fact]
    public async Task ABodyThatAsksForAStreamGetsNoneFromThePlainOperation()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.InvokeAsync("openai.gpt-oss-20b-1:0", """{"messages":[{"role":"user","content":"Hi"}],"stream":true}""");
        Assert.Equal("chat.completion", answer.Json["object"]!.GetValue<string>());
        Assert.False((await bedrock.LastLoggedAsync()).Streamed);
    }

    [Fact]
    public async Task AStreamSaysTheSameAsAPlainReply()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Body = """{"anthropic_version":"bedrock-2023-05-31","max_tokens":400,"messages":[{"role":"user","content":"Hello there"}]}""";
        var plain = (await bedrock.InvokeAsync("anthropic.claude-3-haiku-20240307-v1:0", Body)).Json["content"]![0]!["text"]!.GetValue<string>();
        var chunks = await bedrock.InvokeStreamAsync("anthropic.claude-3-haiku-20240307-v1:0", Body);
        Assert.Equal(plain, string.Concat(chunks.Where(chunk => chunk["type"]!.GetValue<string>() == "content_block_delta").Select(chunk => chunk["delta"]!["text"]!.GetValue<string>())));
        Assert.Equal(["message_start", "content_block_start"], chunks.Take(2).Select(chunk => chunk["type"]!.GetValue<string>()));
        Assert.Equal(["content_block_stop", "message_delta", "message_stop"], chunks.TakeLast(3).Select(chunk => chunk["type"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v1", """{"inputText":"Hello there"}""", "embedding", 1_536)]
    [InlineData("amazon.titan-embed-text-v2:0", """{"inputText":"Hello there","dimensions":256}""", "embedding", 256)]
    [InlineData("amazon.nova-2-multimodal-embeddings-v1:0", """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingDimension":384,"text":{"truncationMode":"END","value":"Hello there"}}}""", "embeddings/0/embedding", 384)]
    [InlineData("cohere.embed-english-v3", """{"texts":["Hello there"],"input_type":"search_query"}""", "embeddings/0", 1_024)]
    public async Task EmbedsTextAndBillsItsTokens(string model, string body, string path, int size)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.InvokeAsync(model, body);
        Assert.Equal(size, At(answer.Json, path).AsArray().Count);
        Assert.Equal("2", answer.Headers["X-Amzn-Bedrock-Input-Token-Count"]);
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((2L, 0L), (logged.Input, logged.Output));
        Assert.Equal("ValidationException", (await bedrock.PostAsync($"/model/{Uri.EscapeDataString(model)}/invoke-with-response-stream", body)).Error.Name);
        Assert.Equal("ValidationException", (await bedrock.ConverseAsync(model, Ask("Hi"))).Error.Name);
    }

    [Fact]
    public async Task RanksDocumentsAndBillsSearchUnitsByTheHundred()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var documents = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"number {i} of the list\"").Append("\"a red car\""));
        var answer = await bedrock.InvokeAsync("cohere.rerank-v3-5:0", $$"""{"query":"red car","documents":[{{documents}}],"top_n":3,"api_version":2}""");
        Assert.Equal(101, answer.Json["results"]![0]!["index"]!.GetValue<int>());
        Assert.Equal(3, answer.Json["results"]!.AsArray().Count);
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((2m, 0L), (logged.Units["search_unit"], logged.Input));
        // $2 for a thousand searches (bedrock.md, section 4, litellm's file).
        Assert.Equal((0.004m, 0L), (bedrock.Host.Bill.TotalUsd, bedrock.Host.Bill.UnpricedCalls));
    }

    [Theory]
    [InlineData("amazon.titan-image-generator-v2:0", """{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"x"},"imageGenerationConfig":{"numberOfImages":2}}""", "images/0", 2)]
    [InlineData("amazon.nova-canvas-v1:0", """{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"x"}}""", "images/0", 1)]
    [InlineData("stability.sd3-5-large-v1:0", """{"prompt":"x"}""", "images/0", 1)]
    [InlineData("stability.stable-diffusion-xl-v1", """{"text_prompts":[{"text":"x"}]}""", "artifacts/0/base64", 1)]
    public async Task DrawsImagesThatAreValidPngAndBillsEach(string model, string body, string path, int images)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var png = Convert.FromBase64String(At((await bedrock.InvokeAsync(model, body)).Json, path).GetValue<string>());
        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(png.AsSpan(0, 8)));
        Assert.Equal("49454E44AE426082", Convert.ToHexString(png.AsSpan(png.Length - 8))); // the end, with its checksum
        Assert.Equal(images, (await bedrock.LastLoggedAsync()).Units["output_image"]);
        Assert.Equal(0, bedrock.Host.Bill.UnpricedCalls);
    }

    [Theory]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", """{"max_tokens":5,"messages":[]}""", "Malformed input request: #: required key [anthropic_version] not found, please reformat your input and try again.")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", """{"anthropic_version":"bedrock-2023-05-31","messages":[]}""", "required key [max_tokens]")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":5}""", "required key [messages]")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"model":"x","messages":[]}""", "extraneous key [model]")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":5000,"messages":[{"role":"user","content":"x"}]}""", "max_tokens: 5000 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", """{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", "messages: text content blocks must be non-empty")]
    [InlineData("meta.llama3-70b-instruct-v1:0", """{"max_gen_len":5}""", "required key [prompt]")]
    [InlineData("meta.llama3-70b-instruct-v1:0", """{"prompt":5}""", "required key [prompt]")]
    [InlineData("amazon.titan-text-express-v1", """{"inputText":"x","textGenerationConfig":{"maxTokenCount":"5"}}""", "expected type: Integer")]
    [InlineData("cohere.embed-english-v3", """{"texts":["x"]}""", "required key [input_type]")]
    [InlineData("amazon.nova-lite-v1:0", "{oops", "Malformed input request, please reformat your input and try again.")]
    [InlineData("amazon.nova-lite-v1:0", "[]", "Malformed input request")]
    [InlineData("amazon.nova-lite-v1:0", "", "Malformed input request")]
    [InlineData("amazon.nova-lite-v1:0", """{"messages":[{"role":"user","content":[{"text":"half a pair \ud800"}]}]}""", "Malformed input request")]
    public async Task RefusesABodyThatAwsWouldRefuseInItsWords(string model, string body, string says)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.InvokeAsync(model, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("ValidationException", answer.Error.Name);
        Assert.Contains(says, answer.Error.Message, StringComparison.Ordinal);
        Assert.Equal((SimulatedOutcome.Error, false), ((await bedrock.LastLoggedAsync()).Outcome, bedrock.Host.Log[^1].Billed));
    }

    [Fact]
    public async Task EchoesTierAndLatencyInHeadersAndBillsThem()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.InvokeAsync(Nova, """{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""", ("X-Amzn-Bedrock-Service-Tier", "priority"), ("X-Amzn-Bedrock-PerformanceConfig-Latency", "standard"));
        Assert.Equal(("priority", "standard"), (answer.Headers["X-Amzn-Bedrock-Service-Tier"], answer.Headers["X-Amzn-Bedrock-PerformanceConfig-Latency"]));
        Assert.Equal("priority", (await bedrock.LastLoggedAsync()).Tier);
    }
}
