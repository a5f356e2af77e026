using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.EventStreams;
using Sluice.Testing;

namespace Sluice.Simulator.Tests;

/// <summary>A running simulator with a client, a clock that stands still, and short ways to ask it things.</summary>
internal sealed class SimulatedBedrock : IAsyncDisposable
{
    public const string Sonnet = "global.anthropic.claude-sonnet-4-5-20250929-v1:0";
    public const string Nova = "us.amazon.nova-lite-v1:0";

    private readonly WatchedTime _watched;

    private SimulatedBedrock(SimulatorHost host, ManualTime time, WatchedTime watched)
    {
        (Host, Time, _watched) = (host, time, watched);
        Client = new HttpClient { BaseAddress = host.Address };
    }

    public SimulatorHost Host { get; }

    public ManualTime Time { get; }

    public HttpClient Client { get; }

    public static async Task<SimulatedBedrock> StartAsync(SimulatorOptions? options = null)
    {
        var time = new ManualTime();
        var watched = new WatchedTime(time);
        return new SimulatedBedrock(await SimulatorHost.StartAsync(options ?? new SimulatorOptions(), watched), time, watched);
    }

    /// <summary>Waits until the simulator waits for the clock, once for each time that it does.</summary>
    public Task UntilItWaitsAsync() => _watched.UntilTimerAsync();

    public async Task<Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var reply = await SendAsync(path, body, HttpCompletionOption.ResponseContentRead, headers);
        return new Answer(reply.StatusCode, Headers(reply), await reply.Content.ReadAsByteArrayAsync());
    }

    public Task<Answer> ConverseAsync(string model, string body, params (string Name, string Value)[] headers) =>
        PostAsync($"/model/{Uri.EscapeDataString(model)}/converse", body, headers);

    public Task<Answer> InvokeAsync(string model, string body, params (string Name, string Value)[] headers) =>
        PostAsync($"/model/{Uri.EscapeDataString(model)}/invoke", body, headers);

    /// <summary>The events of ConverseStream, each with its name; an exception's name starts with a bang.</summary>
    public async Task<List<(string Name, JsonNode Json)>> ConverseStreamAsync(string model, string body, params (string Name, string Value)[] headers) =>
        Events((await PostAsync($"/model/{Uri.EscapeDataString(model)}/converse-stream", body, headers)).Body);

    /// <summary>The vendor's JSON in each chunk of InvokeModelWithResponseStream.</summary>
    public async Task<List<JsonNode>> InvokeStreamAsync(string model, string body, params (string Name, string Value)[] headers) =>
        [.. Events((await PostAsync($"/model/{Uri.EscapeDataString(model)}/invoke-with-response-stream", body, headers)).Body)
            .Select(e => JsonNode.Parse(Convert.FromBase64String(e.Json["bytes"]!.GetValue<string>()))!)];

    public async Task<Answer> GetAsync(string path)
    {
        using var reply = await Client.GetAsync(path);
        return new Answer(reply.StatusCode, Headers(reply), await reply.Content.ReadAsByteArrayAsync());
    }

    public Task<HttpResponseMessage> SendAsync(string path, string body, HttpCompletionOption completion, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, completion);
    }

    public async Task<SimulatedRequest> LastLoggedAsync()
    {
        await Host.WhenIdleAsync();
        return Host.Log[^1];
    }

    /// <summary>A Converse body with one user message.</summary>
    public static string Ask(string text, int? maxTokens = null) => new JsonObject
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = text }) }),
        ["inferenceConfig"] = maxTokens is null ? new JsonObject() : new JsonObject { ["maxTokens"] = maxTokens },
    }.ToJsonString();

    /// <summary>A text of exactly so many of the simulator's tokens.</summary>
    public static string Words(int tokens, string word = "word") => string.Join(' ', Enumerable.Repeat(word, tokens));

    public static List<(string Name, JsonNode Json)> Events(ReadOnlySpan<byte> bytes)
    {
        var events = new List<(string, JsonNode)>();
        using var decoder = new EventStreamDecoder();
        while (decoder.TryRead(ref bytes, out var frame))
        {
            Assert.Equal(EventStreamError.None, frame.Error);
            var name = frame.MessageType.SequenceEqual("exception"u8) ? "!" + Encoding.UTF8.GetString(frame.ExceptionType) : Encoding.UTF8.GetString(frame.EventType);
            events.Add((name, JsonNode.Parse(frame.Payload)!));
        }
        Assert.True(decoder.IsAtFrameBoundary);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage reply) =>
        reply.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(reply.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
}

/// <summary>A whole reply.</summary>
internal sealed record Answer(HttpStatusCode Status, Dictionary<string, string> Headers, byte[] Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The exception's name and message, as an SDK reads them.</summary>
    public (string Name, string Message) Error => (Headers["x-amzn-ErrorType"].Split(':')[0], Json["message"]!.GetValue<string>());
}
