using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>Service tier and latency, which each path puts somewhere else.</summary>
internal static class CallSettings
{
    /// <summary>Sets them on the call, and returns them as the caller wrote them; null for what it left out.</summary>
    public static (string? Tier, string? Latency) Read(Call call, JsonElement body)
    {
        var headers = call.Http.Request.Headers;
        var (tier, latency) = call.Operation switch
        {
            Operation.Converse or Operation.ConverseStream =>
                (body.Field("serviceTier"u8)?.Text("type"u8), body.Field("performanceConfig"u8)?.Text("latency"u8)),
            Operation.InvokeModel or Operation.InvokeModelWithResponseStream =>
                (NullIfEmpty(headers["X-Amzn-Bedrock-Service-Tier"]), NullIfEmpty(headers["X-Amzn-Bedrock-PerformanceConfig-Latency"])),
            Operation.ChatCompletions or Operation.Responses => (body.Text("service_tier"u8), null),
            _ => (null, (string?)null),
        };
        // OpenAI's own clients also send "auto", which leaves the choice to the service.
        if (tier is "auto")
            tier = null;
        if (tier is not (null or "priority" or "default" or "flex" or "reserved" or "ultrafast" or "fast"))
            throw Refusal.Validation($"1 validation error detected: Value '{tier}' at 'serviceTier' failed to satisfy constraint: Member must satisfy enum value set: [priority, default, flex, reserved]");
        if (latency is not (null or "standard" or "optimized"))
            throw Refusal.Validation($"1 validation error detected: Value '{latency}' at 'performanceConfig.latency' failed to satisfy constraint: Member must satisfy enum value set: [standard, optimized]");
        call.Tier = PriceNames.TryParseTier(tier, out var parsed) ? parsed : ServiceTier.Default;
        call.LatencyOptimized = latency == "optimized";
        return (tier, latency);
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
