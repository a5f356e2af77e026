using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests;

/// <summary>Which schema family a body is of.</summary>
public static class Dialects
{
    // Ordered: a more specific name stands before the family that contains it. The names are those of the model ids in
    // the Bedrock user guide, "Supported foundation models".
    private static readonly (string Name, Dialect Dialect)[] Families = [
        ("anthropic.", Dialect.Anthropic),
        ("amazon.titan-embed", Dialect.TitanEmbedding),
        ("amazon.titan-image", Dialect.Image),
        ("amazon.titan-", Dialect.TitanText),
        ("amazon.nova-canvas", Dialect.Image),
        ("amazon.nova-2-multimodal-embeddings", Dialect.TitanEmbedding),
        ("amazon.nova-reel", Dialect.Unknown),
        ("amazon.nova-sonic", Dialect.Unknown),
        ("amazon.nova-2-sonic", Dialect.Unknown),
        ("amazon.nova-", Dialect.Nova),
        ("amazon.rerank", Dialect.CohereRerank),
        ("meta.", Dialect.Llama),
        ("mistral.", Dialect.Mistral),
        ("cohere.embed", Dialect.CohereEmbed),
        ("cohere.rerank", Dialect.CohereRerank),
        ("cohere.", Dialect.CohereCommand),
        ("ai21.", Dialect.Ai21),
        ("deepseek.", Dialect.DeepSeek),
        ("qwen.", Dialect.Qwen),
        ("stability.", Dialect.Image),
        ("twelvelabs.marengo", Dialect.TitanEmbedding),
        // These all speak OpenAI's chat completions in the InvokeModel body.
        ("openai.", Dialect.OpenAi),
        ("google.", Dialect.OpenAi),
        ("minimax.", Dialect.OpenAi),
        ("moonshot", Dialect.OpenAi),
        ("nvidia.", Dialect.OpenAi),
        ("writer.", Dialect.OpenAi),
        ("xai.", Dialect.OpenAi),
        ("zai.", Dialect.OpenAi),
    ];

    /// <summary>
    /// The dialect that the operation, or for InvokeModel the model identifier in any of its forms, decides;
    /// <see cref="Dialect.Unknown"/> where only the body can tell, as for an application inference profile.
    /// </summary>
    public static Dialect Of(Operation operation, string? modelIdentifier) => operation switch
    {
        Operation.Converse or Operation.ConverseStream or Operation.CountTokens => Dialect.Converse,
        Operation.ApplyGuardrail or Operation.InvokeGuardrailChecks => Dialect.Guardrail,
        Operation.ChatCompletions or Operation.Embeddings => Dialect.OpenAi,
        Operation.Responses => Dialect.OpenAiResponses,
        Operation.Messages or Operation.MessagesCountTokens => Dialect.Anthropic,
        _ => OfModel(modelIdentifier),
    };

    private static Dialect OfModel(string? modelIdentifier)
    {
        if (modelIdentifier is null)
            return Dialect.Unknown;
        var name = modelIdentifier.AsSpan(modelIdentifier.LastIndexOf('/') + 1);
        foreach (var (family, dialect) in Families)
        {
            var index = name.IndexOf(family, StringComparison.OrdinalIgnoreCase);
            // At the start, or after the prefix of an inference profile such as "us-gov.".
            if (index == 0 || (index > 0 && name[index - 1] == '.'))
                return dialect;
        }
        return Dialect.Unknown;
    }
}
