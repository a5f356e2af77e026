using System.Text.Json;
using EndToEnd.Nodes;

namespace EndToEnd.Clients;

/// <summary>The SDKs for JavaScript, unchanged but for the endpoint, in scripts that print a line for each thing they check.</summary>
public abstract class JavaScriptChecks(ClientsFixture clients, NodeClients node)
{
    [Theory]
    [InlineData("bearer")]
    [InlineData("sigv4")]
    public async Task AwsSdkCannotTellTheGatewayFromBedrock(string credentials)
    {
        var key = await clients.Gateway.CreateKeyAsync("aws-sdk-" + credentials);
        string[] arguments = credentials == "bearer" ? ["bearer", key.Token] : ["sigv4", key.KeyId, key.Secret];
        AssertAllHeld(await node.RunAsync("aws-sdk.mjs", [Endpoint, .. arguments]), atLeast: 30);

        var entries = await clients.BooksOfAsync(key);
        Assert.All(entries, e => Assert.Equal("aws-sdk-" + credentials, e.Tags["app"]));
        Assert.Contains(entries, e => e is { Operation: "ConverseStream", Outcome: "completed", UsageSource: "measured", CostUsd: > 0 });
        Assert.Contains(entries, e => e.Counts is { CacheRead: > 0 });
    }

    [Theory]
    [InlineData("anthropic-sdk.mjs")]
    [InlineData("anthropic-bedrock-sdk.mjs")]
    [InlineData("openai-sdk.mjs")]
    public async Task OtherSdksWork(string script)
    {
        var key = await clients.Gateway.CreateKeyAsync(script);
        AssertAllHeld(await node.RunAsync(script, Endpoint, key.Token, key.KeyId, key.Secret), atLeast: 3);
        Assert.Contains(await clients.BooksOfAsync(key), e => e is { Streamed: true, Outcome: "completed", UsageSource: "measured", CostUsd: > 0 });
    }

    private protected ClientsFixture Clients => clients;

    private protected NodeClients Node => node;

    private protected string Endpoint => clients.Gateway.Address.GetLeftPart(UriPartial.Authority);

    private protected static void AssertAllHeld(IReadOnlyList<string> lines, int atLeast)
    {
        var checks = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.True(checks.Count >= atLeast, $"only {checks.Count} checks were printed: {string.Join('\n', lines)}");
        Assert.All(checks, check => Assert.True(check.GetProperty("ok").GetBoolean(), $"{check.GetProperty("name")}: {check}"));
    }
}
