using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>Which schema a body has, by operation and model.</summary>
public static class ModelFamilies
{
    /// <summary>The schema of an operation's body, for which only InvokeModel and its streams ask the model.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="baseModel">The base model's id, or null where it isn't known.</param>
    public static Dialect DialectOf(Operation operation, string? baseModel) => operation switch
    {
        Operation.Converse or Operation.ConverseStream or Operation.CountTokens => Dialect.Converse,
        Operation.InvokeModel or Operation.InvokeModelWithResponseStream or Operation.InvokeModelWithBidirectionalStream =>
            baseModel is null ? Dialect.Unknown : DialectOf(baseModel),
        Operation.ChatCompletions or Operation.Embeddings => Dialect.OpenAi,
        Operation.Responses or Operation.StoredResponses => Dialect.OpenAiResponses,
        Operation.Messages or Operation.MessagesCountTokens => Dialect.Anthropic,
        Operation.ApplyGuardrail or Operation.InvokeGuardrailChecks => Dialect.Guardrail,
        _ => Dialect.Unknown,
    };

    /// <summary>
    /// The schema that a model's own InvokeModel body has. Claude 2 and Instant take text completions as well as messages,
    /// which only the body tells apart: for them this says <see cref="Dialect.Anthropic"/>.
    /// </summary>
    /// <param name="baseModel">A base model's id, such as <see cref="ModelIdentifier.BaseModel"/>.</param>
    public static Dialect DialectOf(string baseModel)
    {
        // The first row that fits decides, so the special cases of a provider stand before its rule.
        foreach (var (prefix, dialect) in Families)
        {
            if (baseModel.StartsWith(prefix, StringComparison.Ordinal))
                return dialect;
        }
        return Dialect.Unknown;
    }

    private static readonly (string Prefix, Dialect Dialect)[] Families =
    [
        ("anthropic.", Dialect.Anthropic),
        ("amazon.nova-canvas", Dialect.Image),
        ("amazon.nova-reel", Dialect.Unknown), // Video, by StartAsyncInvoke only.
        ("amazon.nova-2-multimodal-embeddings", Dialect.Unknown),
        ("amazon.nova", Dialect.Nova),
        ("amazon.titan-text", Dialect.TitanText),
        ("amazon.titan-tg1", Dialect.TitanText),
        ("amazon.titan-embed", Dialect.TitanEmbedding),
        ("amazon.titan-image", Dialect.Image),
        ("amazon.rerank", Dialect.CohereRerank),
        ("meta.", Dialect.Llama),
        ("mistral.", Dialect.Mistral),
        ("cohere.command", Dialect.CohereCommand),
        ("cohere.embed", Dialect.CohereEmbed),
        ("cohere.rerank", Dialect.CohereRerank),
        ("ai21.", Dialect.Ai21),
        ("deepseek.", Dialect.DeepSeek),
        ("qwen.", Dialect.Qwen),
        ("stability.", Dialect.Image),
        // These open-weight and newer families take the body of chat completions.
        ("openai.", Dialect.OpenAi),
        ("google.", Dialect.OpenAi),
        ("minimax.", Dialect.OpenAi),
        ("moonshot.", Dialect.OpenAi),
        ("moonshotai.", Dialect.OpenAi),
        ("nvidia.", Dialect.OpenAi),
        ("writer.", Dialect.OpenAi),
        ("xai.", Dialect.OpenAi),
        ("zai.", Dialect.OpenAi),
    ];
}
