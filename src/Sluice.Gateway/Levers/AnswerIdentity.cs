using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Gateway.Levers;

/// <summary>Which calls may get each other's answers.</summary>
internal static class AnswerIdentity
{
    /// <summary>False for a call that can't be told apart with certainty, and for one whose caller wants a new answer each time.</summary>
    /// <param name="sampled">Also calls that don't ask for temperature 0.</param>
    public static bool TryGet(Invocation invocation, bool sampled, out CacheKey key)
    {
        key = default;
        var outline = invocation.Outline;
        if (!outline.IsComplete || (!sampled && outline.Temperature is not 0) || invocation.AnswerKey is not { } known)
            return false;
        key = known;
        return true;
    }

    /// <summary>The key itself, by <see cref="Invocation.AnswerKey"/>; null where the body has none.</summary>
    public static CacheKey? KeyOf(Invocation invocation)
    {
        var request = invocation.Request;
        // Whoever has no key shares with nobody who has one; the upstream is another account or none.
        string?[] scope =
        [
            invocation.Caller.KeyId, invocation.Caller.PresentedSluiceKey ? null : ForeignCredential(request.Headers), invocation.Upstream.Name,
            request.Model?.Raw, QueryOf(request.Target), request.Facts.Streamed ? "streamed" : "plain", StreamOptions(request),
            request.Operation.ToString(), .. DecidingHeaders(request.Headers),
        ];
        return CacheKey.TryCompute(invocation.Outline, request.Body.Span, scope, CacheKeyFields.Default, out var key) ? key : null;
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
        || name.Equals("accept", StringComparison.OrdinalIgnoreCase)
        || name.Equals("accept-encoding", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// A credential that is not Sluice's may be one for the upstream, so two of them are two tenants. A signature is different
    /// each time; what stays is the access key.
    /// </summary>
    private static string? ForeignCredential(HeaderList headers)
    {
        var credential = headers["Authorization"] ?? headers["x-api-key"];
        return credential?.StartsWith("AWS4-", StringComparison.OrdinalIgnoreCase) == true && credential.IndexOf('/', StringComparison.Ordinal) is > 0 and var end
            ? credential[..end]
            : credential;
    }

    private static string? QueryOf(string target) => target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? target[query..] : null;

    /// <summary>OpenAI's <c>stream_options</c>: they say which frames a stream has, and the key of a body leaves them out.</summary>
    private static string? StreamOptions(InvocationRequest request)
    {
        if (!request.Facts.Streamed || request.Facts.Dialect != Dialect.OpenAi)
            return null;
        var reader = new Utf8JsonReader(request.Body.Span);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            var isThere = reader.ValueTextEquals("stream_options"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isThere)
                return Encoding.UTF8.GetString(request.Body.Span[start..(int)reader.BytesConsumed]);
        }
        return null;
    }
}
