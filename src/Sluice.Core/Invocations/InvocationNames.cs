using System.Collections.Frozen;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Invocations;

/// <summary>The stable names of an invocation's enumerations, as they stand in the journal, in exports and in filters.</summary>
public static class InvocationNames
{
    private static readonly string[] Operations = Enum.GetNames<Operation>();

    private static readonly string[] Dialects = [
        "unknown", "converse", "anthropic", "anthropic_text", "nova", "titan_text", "titan_embedding", "llama", "mistral",
        "cohere_command", "cohere_embed", "cohere_rerank", "ai21", "deep_seek", "qwen", "open_ai", "open_ai_responses", "image", "guardrail"];

    private static readonly string[] Outcomes = [
        "interrupted", "completed", "client_aborted", "upstream_error", "refused", "answered_locally"];

    private static readonly string[] Sources = ["measured", "estimated"];

    private static readonly string[] Scopes = [Scope.InRegion.Name(), Scope.Geographic.Name(), Scope.Global.Name()];

    private static readonly FrozenDictionary<string, int> OperationsByName = ByName(Operations);
    private static readonly FrozenDictionary<string, int> DialectsByName = ByName(Dialects);
    private static readonly FrozenDictionary<string, int> OutcomesByName = ByName(Outcomes);
    private static readonly FrozenDictionary<string, int> SourcesByName = ByName(Sources);
    private static readonly FrozenDictionary<string, int> ScopesByName = ByName(Scopes);

    /// <summary>The operation as AWS spells it: <c>InvokeModelWithResponseStream</c>.</summary>
    public static string Name(this Operation operation) => Operations[(int)operation];

    public static string Name(this Dialect dialect) => Dialects[(int)dialect];

    public static string Name(this Outcome outcome) => Outcomes[(int)outcome];

    public static string Name(this UsageSource source) => Sources[(int)source];

    public static bool TryParse(string name, out Operation operation) => Find(OperationsByName, name, i => (Operation)i, out operation);

    public static bool TryParse(string name, out Dialect dialect) => Find(DialectsByName, name, i => (Dialect)i, out dialect);

    public static bool TryParse(string name, out Outcome outcome) => Find(OutcomesByName, name, i => (Outcome)i, out outcome);

    public static bool TryParse(string name, out UsageSource source) => Find(SourcesByName, name, i => (UsageSource)i, out source);

    public static bool TryParse(string name, out Scope scope) => Find(ScopesByName, name, i => (Scope)i, out scope);

    private static FrozenDictionary<string, int> ByName(string[] names) =>
        names.Select((name, i) => (name, i)).ToFrozenDictionary(p => p.name, p => p.i, StringComparer.Ordinal);

    private static bool Find<T>(FrozenDictionary<string, int> names, string name, Func<int, T> from, out T value)
        where T : struct
    {
        var found = names.TryGetValue(name, out var i);
        value = found ? from(i) : default;
        return found;
    }
}
