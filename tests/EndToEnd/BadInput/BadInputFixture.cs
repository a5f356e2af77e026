using System.Text;
using System.Text.RegularExpressions;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.BadInput;

/// <summary>A gateway that gets what it should never get, and must never print what it should never print.</summary>
public sealed partial class BadInputFixture : IAsyncLifetime
{
    /// <summary>Stands in every prompt, so that a log which holds it holds a prompt.</summary>
    public const string Marker = "marker-of-a-prompt-5e1f";

    public const string ConversePath = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    public const string ConverseBody = $$$"""{"messages":[{"role":"user","content":[{"text":"{{{Marker}}}"}]}]}""";

    private SimulatorHost _simulator = null!;

    internal RunningGateway Gateway { get; private set; } = null!;

    internal IssuedKey Key { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        Gateway = await RunningGateway.StartAsync(_simulator.Address, "limits: { max_request_body: 1MB }\nretry: { max_attempts: 1 }");
        Key = await Gateway.CreateKeyAsync("bad-input");
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    internal int RequestsSeen => _simulator.Log.Count;

    internal Task<RawReply> SendAsync(string path, string body, string? authorization = null, string headers = "") =>
        SendAsync(path, Encoding.UTF8.GetBytes(body), authorization, headers);

    /// <summary>Sends one request by hand, with the key's token unless told otherwise, and checks that nothing leaked.</summary>
    internal async Task<RawReply> SendAsync(string path, byte[] body, string? authorization = null, string headers = "", string? contentLength = null, bool hangsUp = false)
    {
        var head = $"POST {path} HTTP/1.1\r\nHost: {Gateway.Address.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + $"Authorization: {authorization ?? "Bearer " + Key.Token}\r\nContent-Length: {contentLength ?? $"{body.Length}"}\r\n{headers}\r\n";
        var reply = await RawReply.OfAsync(Gateway.Address, [.. Encoding.ASCII.GetBytes(head), .. body], hangsUp);
        AssertNothingLeaked(reply.Body, Key);
        AssertNothingLeaked(Gateway.Printed, Key);
        return reply;
    }

    internal static void AssertNothingLeaked(string text, IssuedKey key)
    {
        Assert.DoesNotContain(key.Secret, text);
        Assert.DoesNotContain(Marker, text);
        Assert.False(StackTrace().IsMatch(text), $"A stack trace is no answer:\n{text}");
    }

    [GeneratedRegex(@"^\s+at [\w.<>`]+\(|\.cs:line \d", RegexOptions.Multiline, 1000)]
    private static partial Regex StackTrace();
}
