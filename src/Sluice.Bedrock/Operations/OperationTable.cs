using System.Collections.Immutable;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>
/// Bedrock's data plane by method and path (Bedrock Runtime's service model of 2023-09-30, and the OpenAI and Anthropic paths). It is
/// an allow-list: what is not in it is <see cref="Operation.Unknown"/>, and the gateway does not send it unless its owner says so.
/// </summary>
public static class OperationTable
{
    private static readonly ImmutableArray<OperationRow> Rows =
    [
        new(Operation.Converse, "POST", "/model/") { Suffix = "/converse" },
        new(Operation.ConverseStream, "POST", "/model/") { Suffix = "/converse-stream" },
        new(Operation.InvokeModel, "POST", "/model/") { Suffix = "/invoke" },
        new(Operation.InvokeModelWithResponseStream, "POST", "/model/") { Suffix = "/invoke-with-response-stream" },
        new(Operation.InvokeModelWithBidirectionalStream, "POST", "/model/") { Suffix = "/invoke-with-bidirectional-stream" },
        new(Operation.CountTokens, "POST", "/model/") { Suffix = "/count-tokens" },
        new(Operation.ChatCompletions, "POST", "/openai/v1/chat/completions"),
        new(Operation.ChatCompletions, "POST", "/v1/chat/completions"),
        new(Operation.Responses, "POST", "/openai/v1/responses"),
        new(Operation.Responses, "POST", "/v1/responses"),
        new(Operation.Embeddings, "POST", "/openai/v1/embeddings"),
        new(Operation.Embeddings, "POST", "/v1/embeddings"),
        new(Operation.Messages, "POST", "/anthropic/v1/messages"),
        new(Operation.MessagesCountTokens, "POST", "/anthropic/v1/messages/count_tokens"),
        new(Operation.ApplyGuardrail, "POST", "/guardrail/") { Middle = "/version/", Suffix = "/apply" },
        new(Operation.InvokeGuardrailChecks, "POST", "/guardrail-checks/invoke"),
        new(Operation.StartAsyncInvoke, "POST", "/async-invoke"),
        new(Operation.ListAsyncInvokes, "GET", "/async-invoke"),
        new(Operation.GetAsyncInvoke, "GET", "/async-invoke/") { Suffix = "" },
        new(Operation.Models, "GET", "/v1/models"),
        new(Operation.Models, "GET", "/v1/models/") { Suffix = "" },
        .. OfBoth("/responses/", [
            new(Operation.StoredResponses, "GET", "") { Suffix = "/input_items" },
            new(Operation.StoredResponses, "POST", "") { Suffix = "/cancel" },
            new(Operation.StoredResponses, "GET", "") { Suffix = "" },
            new(Operation.StoredResponses, "DELETE", "") { Suffix = "" }]),
        .. OfBoth("/files", [new(Operation.Files, "GET", ""), new(Operation.Files, "POST", "")]),
        .. OfBoth("/files/", [
            new(Operation.Files, "GET", "") { Suffix = "/content" },
            new(Operation.Files, "GET", "") { Suffix = "" },
            new(Operation.Files, "DELETE", "") { Suffix = "" }]),
        .. OfBoth("/batches", [new(Operation.CreateBatch, "POST", ""), new(Operation.Batches, "GET", "")]),
        .. OfBoth("/batches/", [
            new(Operation.Batches, "POST", "") { Suffix = "/cancel" },
            new(Operation.Batches, "GET", "") { Suffix = "" }]),
    ];

    /// <summary>
    /// The operation keeps something at the upstream, or reads what it keeps there: jobs, files, stored responses. All callers of a
    /// gateway share the account in which these are kept, so each could read the others'.
    /// </summary>
    public static bool IsStateful(Operation operation) => operation is Operation.StartAsyncInvoke or Operation.GetAsyncInvoke or Operation.ListAsyncInvokes
        or Operation.StoredResponses or Operation.Files or Operation.CreateBatch or Operation.Batches;

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
        var path = WithoutQuery(rawPath);
        foreach (var row in Rows)
        {
            if (row.Method == method && row.Fits(path, out var first, out var second))
                return Matched(row.Operation, first, second);
        }
        return default;
    }

    /// <summary>The methods that a path has an operation for, such as <c>GET, POST</c>; empty for none.</summary>
    public static string MethodsOf(ReadOnlySpan<char> rawPath)
    {
        var path = WithoutQuery(rawPath);
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var row in Rows)
        {
            if (row.Fits(path, out _, out _))
                methods.Add(row.Method);
        }
        return string.Join(", ", methods);
    }

    private static OperationMatch Matched(Operation operation, ReadOnlySpan<char> first, ReadOnlySpan<char> second) => operation switch
    {
        Operation.ApplyGuardrail => new(operation) { GuardrailIdentifier = Decode(first), GuardrailVersion = Decode(second) },
        Operation.GetAsyncInvoke => new(operation) { InvocationArn = Decode(first) },
        Operation.Converse or Operation.ConverseStream or Operation.InvokeModel or Operation.InvokeModelWithResponseStream
            or Operation.InvokeModelWithBidirectionalStream or Operation.CountTokens => new(operation) { ModelIdentifier = Decode(first) },
        _ => new(operation),
    };

    private static IEnumerable<OperationRow> OfBoth(string rest, OperationRow[] rows) =>
        rows.SelectMany(row => new OperationRow[] { Below("/openai/v1", row, rest), Below("/v1", row, rest) });

    private static OperationRow Below(string version, OperationRow row, string rest) => row with { Prefix = version + rest, OneSegment = true };

    private static ReadOnlySpan<char> WithoutQuery(ReadOnlySpan<char> path) => path.IndexOf('?') is >= 0 and var query ? path[..query] : path;

    private static string Decode(ReadOnlySpan<char> label) => label.Contains('%') ? Uri.UnescapeDataString(label) : label.ToString();
}
