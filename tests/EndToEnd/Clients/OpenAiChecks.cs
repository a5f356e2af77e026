using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace EndToEnd.Clients;

/// <summary>OpenAI's package for .NET on Bedrock's OpenAI paths.</summary>
public abstract class OpenAiChecks(ClientsFixture clients)
{
    private const string Model = "openai.gpt-oss-120b-1:0";

    [Fact]
    public async Task ChatsPlainAndStreamed()
    {
        var key = await clients.Gateway.CreateKeyAsync("openai");
        var client = Client(key.Token);

        var completion = (await client.CompleteChatAsync(new UserChatMessage("Hello"))).Value;
        Assert.NotEmpty(completion.Content[0].Text);

        var streamed = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync(new UserChatMessage("Hello")))
        {
            streamed += string.Concat(update.ContentUpdate.Select(c => c.Text));
            usage = update.Usage ?? usage;
        }
        Assert.NotEmpty(streamed);

        var entries = await clients.BooksOfAsync(key);
        Assert.Equal([completion.Usage.OutputTokenCount, usage!.OutputTokenCount], entries.Select(e => (int)e.Counts!.Output));
        Assert.All(entries, e => Assert.Equal(("completed", "measured"), (e.Outcome, e.UsageSource)));
    }

    [Fact]
    public async Task ErrorsHaveTheirStatusAndMessage()
    {
        var key = await clients.Gateway.CreateKeyAsync("openai-errors");
        var stranger = await Assert.ThrowsAsync<ClientResultException>(() => Client(key.Token + "x").CompleteChatAsync(new UserChatMessage("Hello")));
        Assert.Equal(403, stranger.Status);
        Assert.Contains(key.KeyId, stranger.Message);
        Assert.DoesNotContain(key.Secret, stranger.Message);

        var unknown = await Assert.ThrowsAsync<ClientResultException>(() => Client(key.Token, "no.such-model-v1:0").CompleteChatAsync(new UserChatMessage("Hello")));
        Assert.InRange(unknown.Status, 400, 404);
        Assert.Contains("error", unknown.Message);
    }

    private ChatClient Client(string token, string model = Model) => new(
        model, new ApiKeyCredential(token),
        new OpenAIClientOptions { Endpoint = new Uri(clients.Gateway.Address, "openai/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
}
