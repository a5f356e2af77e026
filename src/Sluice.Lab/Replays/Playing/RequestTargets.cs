using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Lab.Replays.Recordings;

namespace Sluice.Lab.Replays.Playing;

/// <summary>The request line and the header fields that a recorded call came with, as far as they matter.</summary>
internal static class RequestTargets
{
    /// <summary>Null for an operation that is not played.</summary>
    public static string? Of(RecordedCall call) => call.Operation switch
    {
        Operation.Converse => OfModel(call, "converse"),
        Operation.ConverseStream => OfModel(call, "converse-stream"),
        Operation.InvokeModel => OfModel(call, "invoke"),
        Operation.InvokeModelWithResponseStream => OfModel(call, "invoke-with-response-stream"),
        Operation.ChatCompletions => "/openai/v1/chat/completions",
        Operation.Responses => "/openai/v1/responses",
        Operation.Embeddings => "/openai/v1/embeddings",
        Operation.Messages => "/anthropic/v1/messages",
        _ => null,
    };

    public static HeaderList Headers(RecordedCall call)
    {
        var headers = new HeaderList(6);
        headers.Add("Content-Type", "application/json");
        if (call.Operation is not (Operation.InvokeModel or Operation.InvokeModelWithResponseStream))
            return headers;
        if (call.Tier != ServiceTier.Default)
            headers.Add("X-Amzn-Bedrock-Service-Tier", call.Tier.Name());
        if (call.LatencyOptimized)
            headers.Add("X-Amzn-Bedrock-PerformanceConfig-Latency", "optimized");
        if (call.HasGuardrail)
            headers.Add("X-Amzn-Bedrock-GuardrailIdentifier", "recorded");
        return headers;
    }

    private static string OfModel(RecordedCall call, string action) => $"/model/{Uri.EscapeDataString(call.ModelId)}/{action}";
}
