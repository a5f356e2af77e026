namespace Sluice.Core.Invocations;

/// <summary>A wire operation of the Bedrock data plane: the eleven of Bedrock Runtime, then Bedrock's own OpenAI and Anthropic paths.</summary>
public enum Operation
{
    /// <summary>A path that Sluice does not know. It is refused, or, if the owner lets it pass, metered by what the reply says that it used.</summary>
    Unknown,
    InvokeModel,
    InvokeModelWithResponseStream,
    InvokeModelWithBidirectionalStream,
    Converse,
    ConverseStream,
    CountTokens,
    ApplyGuardrail,
    InvokeGuardrailChecks,
    StartAsyncInvoke,
    GetAsyncInvoke,
    ListAsyncInvokes,
    /// <summary><c>POST /openai/v1/chat/completions</c> (and <c>/v1/...</c>).</summary>
    ChatCompletions,
    /// <summary><c>POST /openai/v1/responses</c> (and <c>/v1/...</c>).</summary>
    Responses,
    /// <summary><c>POST /openai/v1/embeddings</c> (and <c>/v1/...</c>).</summary>
    Embeddings,
    /// <summary><c>POST /anthropic/v1/messages</c>.</summary>
    Messages,
    /// <summary><c>POST /anthropic/v1/messages/count_tokens</c>.</summary>
    MessagesCountTokens,
    /// <summary><c>GET /v1/models</c>, of all or one.</summary>
    Models,
    /// <summary>A stored response by its id: read, cancelled or deleted.</summary>
    StoredResponses,
    /// <summary>Files: uploaded, listed, read or deleted.</summary>
    Files,
    /// <summary><c>POST /v1/batches</c>.</summary>
    CreateBatch,
    /// <summary>Batches: listed, read or cancelled.</summary>
    Batches,
}

/// <summary>The schema family of a body: what its fields are called, and so how its usage is read.</summary>
public enum Dialect
{
    Unknown,
    Converse,
    Anthropic,
    /// <summary>Anthropic's text completions of Claude 2 and Instant (<c>prompt</c>, <c>completion</c>).</summary>
    AnthropicText,
    Nova,
    TitanText,
    TitanEmbedding,
    Llama,
    Mistral,
    CohereCommand,
    CohereEmbed,
    CohereRerank,
    Ai21,
    DeepSeek,
    Qwen,
    OpenAi,
    OpenAiResponses,
    Image,
    Guardrail,
}
