using System.Text.Json;
using Sluice.Bedrock.Replies.Forms;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;

namespace Sluice.Gateway.Levers;

/// <summary>The keys by which a call's answer is known.</summary>
/// <param name="Own">Of the answer in the form that the call asks for: calls of this key get the same bytes.</param>
/// <param name="Other">Of the same answer in its other form, plain or streamed; null where it has none.</param>
internal readonly record struct AnswerKeys(CacheKey Own, CacheKey? Other);

/// <summary>Which calls may get each other's answers.</summary>
internal static class AnswerIdentity
{
    /// <summary>False for a call that can't be told apart with certainty, and for one whose caller wants a new answer each time.</summary>
    /// <param name="sampled">Also calls that don't ask for temperature 0.</param>
    public static bool TryGet(Invocation invocation, bool sampled, out AnswerKeys keys)
    {
        keys = default;
        var outline = invocation.Outline;
        if (!outline.IsComplete || (!sampled && outline.Temperature is not 0) || invocation.AnswerKeys is not { } known)
            return false;
        keys = known;
        return true;
    }

    /// <summary>The keys themselves, by <see cref="Invocation.AnswerKeys"/>; null where the body has none.</summary>
    public static AnswerKeys? KeysOf(Invocation invocation)
    {
        var request = invocation.Request;
        string?[] scope = [.. ScopeOf(invocation)];
        if (!CacheKey.TryCompute(invocation.Outline, request.Body.Span, scope, CacheKeyFields.Default, out var plain))
            return null;
        var (own, other) = request.Facts.Streamed ? (plain.OfStream, plain) : (plain, plain.OfStream);
        return new AnswerKeys(own, ReplyForms.HasOther(request.Operation, request.Facts.Dialect) ? other : null);
    }

    /// <summary>
    /// A SHA-512 over all that decides the answer, of a body that stands for others like it: plain and streamed calls share it if
    /// one's answer can be given to the other.
    /// </summary>
    /// <param name="digest">Room for 64 bytes.</param>
    public static bool TryHash(Invocation invocation, PromptOutline outline, ReadOnlySpan<byte> body, Span<byte> digest)
    {
        var request = invocation.Request;
        var form = ReplyForms.HasOther(request.Operation, request.Facts.Dialect) ? "both" : request.Facts.Streamed ? "stream" : "plain";
        return CacheKey.TryHash(outline, body, [form, .. ScopeOf(invocation)], CacheKeyFields.Default, digest);
    }

    private static IEnumerable<string?> ScopeOf(Invocation invocation)
    {
        var request = invocation.Request;
        // Whoever has no key shares with nobody who has one; the upstream is another account or none.
        return
        [
            invocation.Caller.KeyId, invocation.Caller.PresentedSluiceKey ? null : ForeignCredential(request.Headers), invocation.Upstream.Name,
            request.Model?.Raw, QueryOf(request.Target.Text), StreamOptions(request), NameOf(request.Operation), .. DecidingHeaders(request.Headers),
        ];
    }

    /// <summary>Two operations that differ in the form of their answer alone have one name.</summary>
    private static string NameOf(Operation operation) => operation switch
    {
        Operation.ConverseStream => nameof(Operation.Converse),
        Operation.InvokeModelWithResponseStream => nameof(Operation.InvokeModel),
        _ => operation.ToString(),
    };

    /// <summary>The headers that change an answer: guardrails, betas, tiers, and what is accepted where that is unusual.</summary>
    private static IEnumerable<string> DecidingHeaders(HeaderList headers) => headers
        .Where(h => Decides(h.Key, h.Value))
        .Select(h => $"{h.Key.ToLowerInvariant()}:{h.Value}")
        .Order(StringComparer.Ordinal);

    private static bool Decides(string name, string value)
    {
        if (name.Equals("accept", StringComparison.OrdinalIgnoreCase) || name.Equals("x-amzn-bedrock-accept", StringComparison.OrdinalIgnoreCase))
            return !AcceptsAsUsual(value);
        return (name.StartsWith("x-amzn-bedrock-", StringComparison.OrdinalIgnoreCase) && !name.Equals("x-amzn-bedrock-request-metadata", StringComparison.OrdinalIgnoreCase))
            || name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("accept-encoding", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Clients accept one thing or another for a plain answer and a stream; that decides nothing which the path and the body don't.</summary>
    private static bool AcceptsAsUsual(string value) => value is "" or "*/*" or "application/json" or "application/vnd.amazon.eventstream" or "text/event-stream";

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

    /// <summary>
    /// OpenAI's <c>stream_options</c>: they say which frames a stream has, and the key of a body leaves them out. Null for what
    /// asks for the counts and nothing else, which is a stream that says as much as a plain answer does.
    /// </summary>
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
            if (!isThere)
            {
                reader.Skip();
                continue;
            }
            var options = JsonElement.ParseValue(ref reader);
            return options.ValueKind == JsonValueKind.Object && options.GetPropertyCount() == 1
                && options.TryGetProperty("include_usage"u8, out var counts) && counts.ValueKind == JsonValueKind.True
                ? null
                : options.GetRawText();
        }
        return "none";
    }
}
