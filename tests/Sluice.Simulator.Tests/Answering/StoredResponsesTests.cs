using System.Net;

namespace Sluice.Simulator.Tests.Answering;

public sealed class StoredResponsesTests
{
    private const string Body = """{"model":"openai.gpt-5.6-terra","input":"Hello there","max_output_tokens":20""";

    [Fact]
    public async Task ABackgroundResponseTellsItsUsageOnceItIsDone()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Speed = 1 });
        var queued = (await bedrock.PostAsync("/v1/responses", Body + ",\"background\":true}")).Json;
        Assert.Equal(("queued", null, 0), (queued["status"]!.GetValue<string>(), queued["usage"], queued["output"]!.AsArray().Count));
        var path = "/v1/responses/" + queued["id"]!.GetValue<string>();
        var running = (await bedrock.GetAsync(path)).Json;
        Assert.Equal(("in_progress", null), (running["status"]!.GetValue<string>(), running["usage"]));

        bedrock.Time.Advance(TimeSpan.FromMinutes(1));
        var done = (await bedrock.GetAsync(path)).Json;
        Assert.Equal(queued["id"]!.GetValue<string>(), done["id"]!.GetValue<string>());
        Assert.True(done["usage"]!["output_tokens"]!.GetValue<long>() > 0);
        // Once, however often it is asked for.
        await bedrock.GetAsync(path);
        Assert.Equal(1, bedrock.Host.Bill.Calls);
        Assert.Equal(("GetResponse", false), ((await bedrock.LastLoggedAsync()).Operation, (await bedrock.LastLoggedAsync()).Billed));
        Assert.Equal(done["usage"]!["output_tokens"]!.GetValue<long>(), bedrock.Host.Log[0].Output);
    }

    [Theory]
    [InlineData("/v1/responses/")]
    [InlineData("/openai/v1/responses/")]
    public async Task AResponseIsReadAgainAsItWas(string path)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.PostAsync("/v1/responses", Body + "}");
        Assert.Equal(answer.Text, (await bedrock.GetAsync(path + answer.Json["id"]!.GetValue<string>())).Text);
    }

    [Fact]
    public async Task WhatWasNotToBeStoredIsNotFound()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var id = (await bedrock.PostAsync("/v1/responses", Body + ",\"store\":false}")).Json["id"]!.GetValue<string>();
        var answer = await bedrock.GetAsync("/v1/responses/" + id);
        Assert.Equal((HttpStatusCode.NotFound, $"Response with id '{id}' not found."), (answer.Status, answer.Json["error"]!["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task ListsTheModelsOfTheMantleEndpoint()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var json = (await bedrock.GetAsync("/v1/models")).Json;
        var ids = json["data"]!.AsArray().Select(m => m!["id"]!.GetValue<string>()).ToArray();
        Assert.Equal("list", json["object"]!.GetValue<string>());
        Assert.Contains("openai.gpt-oss-120b", ids);
        Assert.Contains("qwen.qwen3-coder-480b-a35b-instruct", ids);
        Assert.DoesNotContain(ids, id => id.Contains(':', StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await bedrock.GetAsync("/openai/v1/models")).Status);
    }

    [Fact]
    public async Task AnthropicsApiAtTheRootIsToldItsPath()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.PostAsync("/v1/messages?beta=true", "{}");
        Assert.Equal((HttpStatusCode.NotFound, "not_found_error"), (answer.Status, answer.Json["error"]!["type"]!.GetValue<string>()));
        Assert.Contains("/anthropic/v1/messages", answer.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var chat = await bedrock.PostAsync("/v1/chat/completions", """{"model":"anthropic.claude-opus-5","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.Contains("/anthropic/v1/messages", chat.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
