using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>A prompt as its caller wrote it, to be counted by AWS.</summary>
/// <param name="Model">The foundation model's bare id: profiles can't be asked.</param>
/// <param name="Texts">The raw estimates of all that it is made of.</param>
public sealed record UncheckedPrompt(Upstream Upstream, string Model, Operation Operation, byte[] Body, IReadOnlyList<TokenEstimate> Texts);

/// <summary>
/// Asks AWS how many tokens a prompt would have had untrimmed (CountTokens, which is free), so that the next estimate is
/// nearer. It runs beside the calls, one question at a time; what does not fit its short queue is not asked.
/// </summary>
public sealed partial class TokenCheck : IAsyncDisposable
{
    private const int MaxWaiting = 16;

    private readonly Channel<UncheckedPrompt> _waiting = Channel.CreateBounded<UncheckedPrompt>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly TokenCalibration _calibration;
    private readonly ILogger<TokenCheck> _logger;
    private readonly Task _asking;

    public TokenCheck(TokenCalibration calibration, ILogger<TokenCheck> logger)
    {
        (_calibration, _logger) = (calibration, logger);
        _asking = AskAllAsync();
    }

    public void Add(UncheckedPrompt prompt) => _waiting.Writer.TryWrite(prompt);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _asking;
        _stopping.Dispose();
    }

    private async Task AskAllAsync()
    {
        try
        {
            await foreach (var prompt in _waiting.Reader.ReadAllAsync(_stopping.Token))
                await AskAsync(prompt);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops; an estimate more or less does not matter any more.
        }
    }

    private async Task AskAsync(UncheckedPrompt prompt)
    {
        try
        {
            if (Question(prompt) is not { } question)
                return;
            var headers = new HeaderList();
            headers.Add("Content-Type", "application/json");
            using var outbound = new OutboundRequest("POST", prompt.Upstream.Address(RequestTarget.Of($"/model/{Uri.EscapeDataString(prompt.Model)}/count-tokens")), headers, question);
            await prompt.Upstream.AuthorizeAsync(outbound, _stopping.Token);
            using var response = await prompt.Upstream.SendAsync(outbound, _stopping.Token);
            if (!response.IsSuccessStatusCode)
                return;
            using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(_stopping.Token), default, _stopping.Token);
            _calibration.Observe(prompt.Model, [.. prompt.Texts], answer.RootElement.GetProperty("inputTokens").GetInt64());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Without an answer the estimate stays what it is, and says so.
            Log.NotCounted(_logger, prompt.Model, e.Message);
        }
    }

    /// <summary>The request's body as CountTokens takes it; null for operations that it does not know.</summary>
    private static byte[]? Question(UncheckedPrompt prompt)
    {
        switch (prompt.Operation)
        {
            case Operation.Converse or Operation.ConverseStream:
                var body = JsonNode.Parse(prompt.Body)!.AsObject();
                var converse = new JsonObject();
                foreach (var name in (ReadOnlySpan<string>)["messages", "system", "toolConfig", "additionalModelRequestFields"])
                {
                    if (body[name] is { } value)
                        converse[name] = value.DeepClone();
                }
                return Encoding.UTF8.GetBytes(new JsonObject { ["input"] = new JsonObject { ["converse"] = converse } }.ToJsonString());
            case Operation.InvokeModel or Operation.InvokeModelWithResponseStream:
                return Encoding.UTF8.GetBytes(new JsonObject { ["input"] = new JsonObject { ["invokeModel"] = new JsonObject { ["body"] = Convert.ToBase64String(prompt.Body) } } }.ToJsonString());
            default:
                return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(55, LogLevel.Debug, "The tokens of a prompt for {Model} could not be counted: {Cause}")]
        public static partial void NotCounted(ILogger logger, string model, string cause);
    }
}
