using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>What a request line says. The labels are percent-decoded and null where the operation has none of that name.</summary>
public readonly record struct OperationMatch(Operation Operation)
{
    /// <summary>The model as the caller wrote it in the path; Bedrock's OpenAI and Anthropic paths have it in the body instead.</summary>
    public string? ModelIdentifier { get; init; }

    /// <summary>A guardrail's id or ARN.</summary>
    public string? GuardrailIdentifier { get; init; }

    /// <summary>A number or <c>DRAFT</c>.</summary>
    public string? GuardrailVersion { get; init; }

    /// <summary>The ARN that StartAsyncInvoke answered with.</summary>
    public string? InvocationArn { get; init; }
}
