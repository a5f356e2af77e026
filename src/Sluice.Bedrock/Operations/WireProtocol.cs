using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>Whose API a path belongs to, and so how its errors look.</summary>
public enum WireProtocol
{
    Bedrock,
    OpenAi,
    Anthropic,
}

public static class WireProtocols
{
    public static WireProtocol Of(Operation operation) => operation switch
    {
        Operation.ChatCompletions or Operation.Responses or Operation.Embeddings or Operation.Models or Operation.StoredResponses
            or Operation.Files or Operation.CreateBatch or Operation.Batches => WireProtocol.OpenAi,
        Operation.Messages or Operation.MessagesCountTokens => WireProtocol.Anthropic,
        _ => WireProtocol.Bedrock,
    };

    /// <summary>For a path that is no operation: the API whose client most likely sent it.</summary>
    public static WireProtocol OfPath(ReadOnlySpan<char> path) => path switch
    {
        _ when path.StartsWith("/anthropic/", StringComparison.Ordinal) || path is "/v1/messages" or "/messages" => WireProtocol.Anthropic,
        _ when path.StartsWith("/openai/", StringComparison.Ordinal) || path.StartsWith("/v1/", StringComparison.Ordinal)
            || path is "/chat/completions" or "/responses" or "/embeddings" => WireProtocol.OpenAi,
        _ => WireProtocol.Bedrock,
    };
}
