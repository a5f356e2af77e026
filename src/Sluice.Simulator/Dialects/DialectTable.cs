using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Simulator.Dialects.Ai21;
using Sluice.Simulator.Dialects.Anthropic;
using Sluice.Simulator.Dialects.Cohere;
using Sluice.Simulator.Dialects.Converse;
using Sluice.Simulator.Dialects.Images;
using Sluice.Simulator.Dialects.Llama;
using Sluice.Simulator.Dialects.Mistral;
using Sluice.Simulator.Dialects.Nova;
using Sluice.Simulator.Dialects.OpenAi;
using Sluice.Simulator.Dialects.Titan;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects;

/// <summary>Which dialect a call speaks.</summary>
internal static class DialectTable
{
    private static readonly ConverseDialect Converse = new();
    private static readonly MessagesDialect InvokedMessages = new(invoked: true);
    private static readonly MessagesDialect Messages = new(invoked: false);
    private static readonly TextCompletionDialect TextCompletion = new();
    private static readonly NovaDialect Nova = new();
    private static readonly TitanTextDialect TitanText = new();
    private static readonly TitanEmbeddingDialect TitanEmbedding = new();
    private static readonly LlamaDialect Llama = new();
    private static readonly MistralDialect Mistral = new("outputs", "finish_reason");
    private static readonly MistralDialect MistralLarge = new("outputs", "stop_reason");
    private static readonly MistralDialect DeepSeek = new("choices", "finish_reason");
    private static readonly CommandDialect Command = new();
    private static readonly EmbedDialect Embed = new();
    private static readonly RerankDialect Rerank = new();
    private static readonly Ai21Dialect Ai21 = new();
    private static readonly ChatDialect Chat = new();
    private static readonly ResponsesDialect Responses = new();
    private static readonly EmbeddingsDialect Embeddings = new();
    private static readonly ImageDialect Image = new();

    /// <exception cref="Refusal">The operation doesn't serve the model.</exception>
    public static IDialect For(Operation operation, BedrockModel model, JsonElement body) => operation switch
    {
        Operation.Converse or Operation.ConverseStream when model.WritesText => Converse,
        Operation.Converse or Operation.ConverseStream => throw Refusal.Validation("This action doesn't support the model that you provided. Try again with a supported text or chat model."),
        Operation.Messages when model.IsClaude => Messages,
        Operation.ChatCompletions when model is { WritesText: true, IsClaude: false } => Chat,
        Operation.Responses when model is { WritesText: true, IsClaude: false } => Responses,
        Operation.Embeddings => Embeddings,
        Operation.InvokeModel or Operation.InvokeModelWithResponseStream => ForInvoke(model, body),
        Operation.ChatCompletions or Operation.Responses when model.IsClaude =>
            throw Refusal.Validation($"The model '{model.Id}' is not served on this path. Claude answers at /anthropic/v1/messages."),
        _ => throw Refusal.Validation($"The model '{model.Id}' is not served on this path."),
    };

    private static IDialect ForInvoke(BedrockModel model, JsonElement body) => model.Dialect switch
    {
        Dialect.Anthropic => InvokedMessages,
        // Claude 2 takes both of Anthropic's bodies; only the newer one has messages.
        Dialect.AnthropicText => body.Field("messages"u8) is null ? TextCompletion : InvokedMessages,
        Dialect.Nova => Nova,
        Dialect.TitanText => TitanText,
        Dialect.TitanEmbedding => TitanEmbedding,
        Dialect.Llama => Llama,
        Dialect.Mistral when model.Id.StartsWith("mistral.mistral-large-24", StringComparison.Ordinal) || model.Id.StartsWith("mistral.pixtral", StringComparison.Ordinal) => MistralLarge,
        Dialect.Mistral => Mistral,
        Dialect.DeepSeek => DeepSeek,
        Dialect.CohereCommand => Command,
        Dialect.CohereEmbed => Embed,
        Dialect.CohereRerank => Rerank,
        Dialect.Ai21 => Ai21,
        Dialect.Qwen or Dialect.OpenAi => Chat,
        Dialect.Image => Image,
        _ => throw Refusal.Validation($"The requested operation is not supported for the model '{model.Id}'."),
    };
}
