using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;

namespace Sluice.Gateway.Keys;

/// <summary>What calls a key may make. All that is not limited is allowed, but for what is kept at the upstream.</summary>
public sealed record KeyPermissions
{
    /// <summary>For a key without limits.</summary>
    public static KeyPermissions Ordinary { get; } = new();

    /// <summary>Model identifiers as callers write them, of which a trailing <c>*</c> stands for any rest; empty for all.</summary>
    public ImmutableArray<string> Models { get; init; } = [];

    /// <summary>By their names in the ledger; empty for all.</summary>
    public ImmutableArray<string> Operations { get; init; } = [];

    /// <summary>May start, read and list what the upstream keeps: asynchronous jobs, files, stored responses, batches.</summary>
    public bool Stateful { get; init; }

    /// <summary>Why a call is not allowed, or null.</summary>
    /// <param name="operation">What is called.</param>
    /// <param name="model">What it asks for; null where it names none that can be read.</param>
    /// <param name="isStateful">It reads or starts something that the upstream keeps.</param>
    public string? Objection(Operation operation, ModelIdentifier? model, bool isStateful)
    {
        if (!Operations.IsDefaultOrEmpty && !Operations.Contains(operation.Name(), StringComparer.Ordinal))
            return $"may not call {operation.Name()}; it may call {string.Join(", ", Operations)}";
        if (isStateful && !Stateful)
            return $"may not use what the upstream keeps for all callers (asynchronous jobs, files, stored responses, batches), as this call of {operation.Name()} does; make a key with --allow-stateful";
        if (Models.IsDefaultOrEmpty || NamesNoModel(operation) || (model is not null && Models.Any(pattern => IsOf(pattern, model))))
            return null;
        return $"may not call {(model is null ? "without naming a model" : "this model")}; it may call {string.Join(", ", Models)}";
    }

    private static bool IsOf(string pattern, ModelIdentifier model) =>
        Fits(pattern, model.Raw)
        || (model.Kind is ModelIdentifierKind.FoundationModel or ModelIdentifierKind.InferenceProfile && Fits(pattern, model.ResourceId));

    private static bool Fits(string pattern, string text) =>
        pattern.EndsWith('*') ? text.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : text == pattern;

    /// <summary>These run no model. A batch runs those that its file names, and an unknown operation may run any.</summary>
    private static bool NamesNoModel(Operation operation) => operation is Operation.ApplyGuardrail or Operation.InvokeGuardrailChecks
        or Operation.GetAsyncInvoke or Operation.ListAsyncInvokes or Operation.Models or Operation.StoredResponses or Operation.Files or Operation.Batches;
}
