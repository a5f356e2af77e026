using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;

namespace Sluice.Gateway.Tests.Levers.Planning;

public sealed class ConversationKeyTests : IDisposable
{
    private const string First = """{"role":"user","content":[{"text":"Hello"}]}""";
    private const string Later = """,{"role":"assistant","content":[{"text":"Hi"}]},{"role":"user","content":[{"text":"And?"}]}""";

    private readonly LeverHarness _gateway = new(new LeverOptions().WithAll(LeverMode.On));

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task LaterTurnsBelongToTheFirst() => Assert.Equal(await ConverseAsync(First), await ConverseAsync(First + Later));

    [Fact]
    public async Task ACachePointThatTheCallerMovesOnLeavesTheConversationWhole()
    {
        Assert.Equal(
            await ConverseAsync("""{"role":"user","content":[{"text":"Hello"},{"cachePoint":{"type":"default"}}]}"""),
            await ConverseAsync(First + Later));
        Assert.Equal(
            await MessagesAsync("""{"role":"user","content":[{"type":"text","text":"Hello","cache_control":{"type":"ephemeral"}}]}"""),
            await MessagesAsync("""{"role":"user","content":[{"type":"text","text":"Hello"}]},{"role":"assistant","content":"Hi"},{"role":"user","content":"And?"}"""));
    }

    [Fact]
    public async Task AnotherBeginningAnotherSystemAndAnotherCallerAreOtherConversations()
    {
        string?[] conversations =
        [
            await ConverseAsync(First), await ConverseAsync("""{"role":"user","content":[{"text":"Hello!"}]}"""),
            await ConverseAsync(First, system: "Be kind."), await ConverseAsync(First, system: "Be brief."), await ConverseAsync(First, keyId: "sk-two"),
            await ConverseAsync(First, keyId: null),
        ];

        Assert.Equal(conversations.Length, conversations.Distinct(StringComparer.Ordinal).Count());
        Assert.All(conversations, Assert.NotNull);
    }

    private async Task<string?> ConverseAsync(string messages, string system = "", string? keyId = "sk-one") =>
        (await _gateway.CallAsync(new Question(Canned.ConversePath, $$$"""{"system":[{"text":"{{{system}}}"}],"messages":[{{{messages}}}]}""") { KeyId = keyId })).Record.Conversation;

    private async Task<string?> MessagesAsync(string messages) =>
        (await _gateway.CallAsync(new Question(Questions.InvokePath, $$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":8,"messages":[{{messages}}]}"""))).Record.Conversation;
}
