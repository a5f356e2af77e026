using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>Bedrock's data plane by method and path (Bedrock Runtime's service model of 2023-09-30).</summary>
public static class OperationTable
{
    private const string ModelPrefix = "/model/";
    private const string GuardrailPrefix = "/guardrail/";
    private const string AsyncInvokePrefix = "/async-invoke/";

    /// <summary>
    /// Recognises a request. Never throws: what is not in the table, or lacks a label, is <see cref="Operation.Unknown"/>.
    /// </summary>
    /// <param name="method">The HTTP method, in capitals.</param>
    /// <param name="rawPath">
    /// The path as on the wire; a query is ignored. Labels may be escaped, as every AWS SDK does, or hold a plain <c>:</c>
    /// or <c>/</c>, as people's scripts do with ARNs.
    /// </param>
    public static OperationMatch Match(string method, ReadOnlySpan<char> rawPath)
    {
        var query = rawPath.IndexOf('?');
        var path = query < 0 ? rawPath : rawPath[..query];
        return method switch
        {
            "POST" when path.StartsWith(ModelPrefix, StringComparison.Ordinal) => MatchModel(path[ModelPrefix.Length..]),
            "POST" when path.StartsWith(GuardrailPrefix, StringComparison.Ordinal) => MatchGuardrail(path[GuardrailPrefix.Length..]),
            "GET" or "POST" or "DELETE" when IsStoredResponse(path) => new OperationMatch(Operation.StoredResponses),
            "POST" => new OperationMatch(path switch
            {
                "/openai/v1/chat/completions" or "/v1/chat/completions" => Operation.ChatCompletions,
                "/openai/v1/responses" or "/v1/responses" => Operation.Responses,
                "/openai/v1/embeddings" or "/v1/embeddings" => Operation.Embeddings,
                "/anthropic/v1/messages" => Operation.Messages,
                "/anthropic/v1/messages/count_tokens" => Operation.MessagesCountTokens,
                "/guardrail-checks/invoke" => Operation.InvokeGuardrailChecks,
                "/async-invoke" => Operation.StartAsyncInvoke,
                _ => Operation.Unknown,
            }),
            "GET" when path is "/async-invoke" => new OperationMatch(Operation.ListAsyncInvokes),
            "GET" when path.StartsWith(AsyncInvokePrefix, StringComparison.Ordinal) && path.Length > AsyncInvokePrefix.Length =>
                new OperationMatch(Operation.GetAsyncInvoke) { InvocationArn = Decode(path[AsyncInvokePrefix.Length..]) },
            _ => default,
        };
    }

    private static bool IsStoredResponse(ReadOnlySpan<char> path) =>
        (path.StartsWith("/openai/v1/responses/", StringComparison.Ordinal) || path.StartsWith("/v1/responses/", StringComparison.Ordinal)) && !path.EndsWith('/');

    private static OperationMatch MatchModel(ReadOnlySpan<char> rest)
    {
        // The action is behind the last slash: those before it belong to an ARN that was not escaped.
        var slash = rest.LastIndexOf('/');
        if (slash <= 0)
            return default;
        var operation = rest[(slash + 1)..] switch
        {
            "invoke" => Operation.InvokeModel,
            "invoke-with-response-stream" => Operation.InvokeModelWithResponseStream,
            "invoke-with-bidirectional-stream" => Operation.InvokeModelWithBidirectionalStream,
            "converse" => Operation.Converse,
            "converse-stream" => Operation.ConverseStream,
            "count-tokens" => Operation.CountTokens,
            _ => Operation.Unknown,
        };
        return operation is Operation.Unknown
            ? default
            : new OperationMatch(operation) { ModelIdentifier = Decode(rest[..slash]) };
    }

    private static OperationMatch MatchGuardrail(ReadOnlySpan<char> rest)
    {
        if (!rest.EndsWith("/apply", StringComparison.Ordinal))
            return default;
        rest = rest[..^"/apply".Length];
        var marker = rest.LastIndexOf("/version/", StringComparison.Ordinal);
        if (marker <= 0)
            return default;
        var version = rest[(marker + "/version/".Length)..];
        return version.IsEmpty
            ? default
            : new OperationMatch(Operation.ApplyGuardrail)
            {
                GuardrailIdentifier = Decode(rest[..marker]),
                GuardrailVersion = Decode(version),
            };
    }

    private static string Decode(ReadOnlySpan<char> label) => label.Contains('%') ? Uri.UnescapeDataString(label) : label.ToString();
}
