using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>Which guardrail a model call asks for, and whether its trace is to be shown.</summary>
internal sealed record GuardrailSettings(string Id, bool Shown, SimulatedGuardrail Policies)
{
    /// <summary>From <c>guardrailConfig</c> of a Converse body or from InvokeModel's headers; null where neither names one.</summary>
    public static GuardrailSettings? Find(Call call, JsonElement body, SimulatorOptions options)
    {
        var (id, trace) = call.Operation is Operation.Converse or Operation.ConverseStream && body.Field("guardrailConfig"u8) is { } config
            ? (config.Text("guardrailIdentifier"u8), config.Text("trace"u8))
            : (call.Http.Request.Headers["X-Amzn-Bedrock-GuardrailIdentifier"].ToString(), call.Http.Request.Headers["X-Amzn-Bedrock-Trace"].ToString());
        if (string.IsNullOrEmpty(id))
            return null;
        var shown = trace is not null && trace.StartsWith("enabled", StringComparison.OrdinalIgnoreCase);
        return new GuardrailSettings(id, shown, options.Guardrails.GetValueOrDefault(id, new SimulatedGuardrail()));
    }
}
