using System.Collections.Frozen;
using System.Text.Json;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Anthropic;

/// <summary>
/// Which of the Messages API's fields and beta flags Bedrock takes. Anthropic's own API takes more, such as a cache_control
/// for the whole request.
/// </summary>
internal static class MessagesFields
{
    private static readonly FrozenSet<string> Taken = FrozenSet.Create(
        StringComparer.Ordinal, "max_tokens", "messages", "metadata", "output_config", "output_format", "service_tier", "stop_sequences", "system", "temperature",
        "thinking", "tool_choice", "tools", "top_k", "top_p");

    private static readonly FrozenSet<string> OnInvoke = FrozenSet.Create(StringComparer.Ordinal, "anthropic_version", "anthropic_beta");

    private static readonly FrozenSet<string> OnMessages = FrozenSet.Create(StringComparer.Ordinal, "model", "stream");

    /// <summary>Reported as refused in public, of several clients (2026).</summary>
    private static readonly FrozenSet<string> RefusedFlags = FrozenSet.Create(
        StringComparer.Ordinal, "prompt-caching-scope-2026-01-05", "oauth-2025-04-20", "fast-mode-2026-02-01", "advanced-tool-use-2025-11-20", "mcp-servers-2025-12-04");

    /// <exception cref="Refusal">The body has a field or a flag that Bedrock doesn't take.</exception>
    public static void Check(JsonElement body, bool invoked)
    {
        var flags = invoked ? body.Texts("anthropic_beta"u8) : [];
        if (flags.Any(flag => RefusedFlags.Contains(flag) || flag.StartsWith("redact-thinking-", StringComparison.Ordinal)))
            throw Refusal.Validation("invalid beta flag");
        foreach (var field in body.EnumerateObject())
        {
            var isTaken = Taken.Contains(field.Name) || (invoked ? OnInvoke : OnMessages).Contains(field.Name)
                // Its flag comes in a header on the Messages path, and in the body by InvokeModel.
                || (field.Name == "context_management" && (!invoked || flags.Any(flag => flag.StartsWith("context-management-", StringComparison.Ordinal))));
            if (!isTaken)
                throw Refusal.Validation($"{field.Name}: Extra inputs are not permitted");
        }
    }
}
