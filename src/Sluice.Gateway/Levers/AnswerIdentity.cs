using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers;

/// <summary>Which calls may get each other's answers.</summary>
internal static class AnswerIdentity
{
    /// <summary>False for a call that can't be told apart with certainty, and for one whose caller wants a new answer each time.</summary>
    /// <param name="sampled">Also calls that don't ask for temperature 0.</param>
    public static bool TryGet(Invocation invocation, bool sampled, out CacheKey key)
    {
        key = default;
        var request = invocation.Request;
        var outline = invocation.Outline;
        if (!outline.IsComplete || (!sampled && outline.Temperature is not 0))
            return false;
        // Whoever has no key shares with nobody who has one; the upstream is another account or none.
        string?[] scope =
        [
            invocation.Caller.KeyId, invocation.Upstream.Name, request.Model?.Raw, request.Facts.Streamed ? "streamed" : "plain",
            request.Operation.ToString(), .. DecidingHeaders(request.Headers),
        ];
        return CacheKey.TryCompute(outline, request.Body.Span, scope, CacheKeyFields.Default, out key);
    }

    /// <summary>The headers that change an answer or its form: guardrails, betas, tiers, what is accepted.</summary>
    private static IEnumerable<string> DecidingHeaders(HeaderList headers) => headers
        .Where(h => Decides(h.Key))
        .Select(h => $"{h.Key.ToLowerInvariant()}:{h.Value}")
        .Order(StringComparer.Ordinal);

    private static bool Decides(string name) =>
        (name.StartsWith("x-amzn-bedrock-", StringComparison.OrdinalIgnoreCase) && !name.Equals("x-amzn-bedrock-request-metadata", StringComparison.OrdinalIgnoreCase))
        || name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("accept", StringComparison.OrdinalIgnoreCase);
}
