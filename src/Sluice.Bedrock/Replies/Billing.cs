using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Replies;

/// <summary>What a reply of an operation and dialect is billed by.</summary>
internal enum Billing
{
    /// <summary>Input and output tokens.</summary>
    Tokens,

    /// <summary>Input tokens alone: embeddings write none.</summary>
    InputTokens,
    SearchUnits,
    Images,
    GuardrailUnits,
    Free,

    /// <summary>Tokens if the reply speaks of any, else nothing that is known here.</summary>
    Sniffed,

    /// <summary>By what the reply does not tell: the length of a video, the speech in a session.</summary>
    Elsewhere,
}

internal static class Billings
{
    public static Billing Of(Operation operation, Dialect dialect) => operation switch
    {
        Operation.CountTokens or Operation.MessagesCountTokens or Operation.GetAsyncInvoke or Operation.ListAsyncInvokes
            or Operation.Models or Operation.Files or Operation.Batches => Billing.Free,
        Operation.StartAsyncInvoke or Operation.CreateBatch or Operation.InvokeModelWithBidirectionalStream => Billing.Elsewhere,
        Operation.ApplyGuardrail or Operation.InvokeGuardrailChecks => Billing.GuardrailUnits,
        Operation.Embeddings => Billing.InputTokens,
        Operation.Unknown => Billing.Sniffed,
        _ => dialect switch
        {
            Dialect.TitanEmbedding or Dialect.CohereEmbed => Billing.InputTokens,
            Dialect.CohereRerank => Billing.SearchUnits,
            Dialect.Image => Billing.Images,
            Dialect.Guardrail => Billing.GuardrailUnits,
            _ => Billing.Tokens,
        },
    };
}
