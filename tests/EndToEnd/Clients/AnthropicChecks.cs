using System.Net;
using Anthropic;
using Anthropic.Bedrock;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using EndToEnd.Hosts;

namespace EndToEnd.Clients;

/// <summary>Anthropic's packages for .NET: its own client on Bedrock's Anthropic path, and its Bedrock client, which signs by itself.</summary>
public abstract class AnthropicChecks(ClientsFixture clients)
{
    private static readonly MessageCreateParams Call = new()
    {
        Model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        MaxTokens = 100,
        Messages = [new UserMessageParam("Hello")],
    };

    [Fact]
    public async Task ClientTalksToTheMessagesPath()
    {
        var key = await clients.Gateway.CreateKeyAsync("anthropic");
        using var client = new AnthropicClient(new ClientOptions { BaseUrl = new Uri(clients.Gateway.Address, "anthropic").ToString(), ApiKey = key.Token, MaxRetries = 0 });

        await AssertTalksAsync(client, key);
        Assert.True((await client.Messages.CountTokens(new MessageCountTokensParams { Model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0", Messages = Call.Messages })).InputTokens > 0);
    }

    [Fact]
    public async Task ErrorsAreTheTypedOnes()
    {
        var key = await clients.Gateway.CreateKeyAsync("anthropic-errors");
        var address = new Uri(clients.Gateway.Address, "anthropic").ToString();
        using var client = new AnthropicClient(new ClientOptions { BaseUrl = address, ApiKey = key.Token, MaxRetries = 0 });
        using var stranger = new AnthropicClient(new ClientOptions { BaseUrl = address, ApiKey = key.Token + "x", MaxRetries = 0 });
        using var faulty = new AnthropicClient(new ClientOptions { BaseUrl = address, ApiKey = key.Token, MaxRetries = 0, HttpClient = Faulty("throttle") });

        await Assert.ThrowsAsync<AnthropicForbiddenException>(() => stranger.Messages.Create(Call));
        await Assert.ThrowsAsync<AnthropicRateLimitException>(() => faulty.Messages.Create(Call));
        var unknown = await Assert.ThrowsAnyAsync<Anthropic4xxException>(() => client.Messages.Create(Call with { Model = "no.such-model-v1:0" }));
        Assert.Contains("model identifier", unknown.ResponseBody);
    }

    [Fact]
    public async Task BedrockClientSignsWithASluiceKey()
    {
        var key = await clients.Gateway.CreateKeyAsync("anthropic-bedrock");
        using var client = new AnthropicBedrockClient(new AnthropicBedrockPrivateKeyCredentials { ApiAccessKey = key.KeyId, ApiSecret = key.Secret, Region = "us-east-1" });
        await AssertTalksAsync(client.WithOptions(Redirected), key);
    }

    [Fact]
    public async Task BedrockClientTakesASluiceToken()
    {
        var key = await clients.Gateway.CreateKeyAsync("anthropic-bedrock-token");
        using var client = new AnthropicBedrockClient(new AnthropicBedrockApiTokenCredentials { BearerToken = key.Token, Region = "us-east-1" });
        await AssertTalksAsync(client.WithOptions(Redirected), key);
    }

    private async Task AssertTalksAsync(IAnthropicClient client, IssuedKey key)
    {
        var message = await client.Messages.Create(Call);
        Assert.True(message.Content[0].TryPickText(out var text));
        Assert.NotEmpty(text.Text);
        Assert.True(message.Usage is { InputTokens: > 0, OutputTokens: > 0 });

        var streamed = "";
        var outputTokens = 0L;
        await foreach (var e in client.Messages.CreateStreaming(Call))
        {
            if (e.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
                streamed += piece.Text;
            if (e.TryPickDelta(out var last))
                outputTokens = last.Usage.OutputTokens;
        }
        Assert.NotEmpty(streamed);

        var entries = await clients.BooksOfAsync(key);
        Assert.Equal([message.Usage.OutputTokens, outputTokens], entries.Where(e => e.Counts is { Output: > 0 }).Select(e => e.Counts!.Output));
        Assert.All(entries, e => Assert.Equal(("completed", "measured"), (e.Outcome, e.UsageSource)));
    }

    /// <summary>The Bedrock client knows AWS's hosts alone; its requests are led to the gateway below it, host and signature untouched.</summary>
    private ClientOptions Redirected(ClientOptions options) => options with { HttpClient = new HttpClient(new Redirection(clients.Gateway.Address)), MaxRetries = 0 };

    private static HttpClient Faulty(string fault)
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.Add("x-simulator-fault", fault);
        return client;
    }

    private sealed class Redirection(Uri gateway) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Host ??= request.RequestUri!.Host;
            request.RequestUri = new Uri(gateway.GetLeftPart(UriPartial.Authority) + request.RequestUri!.PathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            request.Version = HttpVersion.Version11;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
