using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using Sluice.Core.Pricing;

namespace Sluice.Core.Models;

/// <summary>What a request may need of a model.</summary>
[Flags]
public enum Abilities
{
    None = 0,

    /// <summary>Tools that the model may call.</summary>
    Tools = 1,
    Images = 2,
    Documents = 4,

    /// <summary>A system prompt.</summary>
    System = 8,

    /// <summary>A JSON schema that the reply has to keep to.</summary>
    Schema = 16,

    /// <summary>Thinking before the reply, where the request asks for it.</summary>
    Reasoning = 32,
}

/// <summary>
/// What a model is known to take, from abilities.csv. Not known counts as no: a request is never moved to a model on a guess.
/// </summary>
/// <param name="Model">The base model's id.</param>
/// <param name="ContextTokens">The most tokens of prompt and reply together; null where unknown. Of sources that disagree, the least.</param>
/// <param name="OutputTokens">The most tokens of a reply; null where unknown. Of sources that disagree, the least.</param>
/// <param name="MostContextTokens">The same of sources that disagree, the most: what money has to be held for.</param>
/// <param name="MostOutputTokens">The same of sources that disagree, the most.</param>
/// <param name="Source">Who says so.</param>
public sealed record ModelAbilities(string Model, long? ContextTokens, long? OutputTokens, long? MostContextTokens, long? MostOutputTokens, Abilities Abilities, string Source)
{
    private static readonly Lazy<FrozenDictionary<string, ModelAbilities>> Shipped = new(Load);

    public static ModelAbilities? Find(string model) => Shipped.Value.GetValueOrDefault(model);

    /// <summary>All that are known, in no order.</summary>
    public static ImmutableArray<ModelAbilities> All => Shipped.Value.Values;

    private static FrozenDictionary<string, ModelAbilities> Load()
    {
        var errors = new List<PriceFileError>();
        using var csv = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("abilities.csv")!);
        var rows = new CsvTable("abilities.csv", errors).Read(csv, "model", "context_tokens", "output_tokens", "most_context_tokens", "most_output_tokens", "abilities", "source")
            .Select(line => new ModelAbilities(
                line.RequiredText("model"), Positive(line.Whole("context_tokens", blank: 0, atLeast: 0)), Positive(line.Whole("output_tokens", blank: 0, atLeast: 0)),
                Positive(line.Whole("most_context_tokens", blank: 0, atLeast: 0)), Positive(line.Whole("most_output_tokens", blank: 0, atLeast: 0)),
                Parse(line.Words("abilities")), line.RequiredText("source")))
            .ToFrozenDictionary(m => m.Model, StringComparer.Ordinal);
        return errors.Count == 0 ? rows : throw new PriceFileException(errors);
    }

    private static long? Positive(long tokens) => tokens > 0 ? tokens : null;

    private static Abilities Parse(IEnumerable<string> words) => words.Aggregate(Abilities.None, (all, word) => all | Enum.Parse<Abilities>(word, ignoreCase: true));
}
