namespace Sluice.Insights.Reconciling;

/// <summary>Collects what is put down to each cause, and its evidence, within a bound.</summary>
internal sealed class CauseLedger
{
    private const int MaxEvidence = 5;

    private readonly Dictionary<CauseKind, (decimal Usd, decimal Weight, decimal Quantity, SortedDictionary<string, decimal> Evidence)> _causes = [];

    /// <param name="usd">What the bill has more.</param>
    /// <param name="weight">The differences without their signs.</param>
    /// <param name="evidence">The thing that shows it, such as a model and kind; the same thing's money is summed.</param>
    public void Add(CauseKind kind, decimal usd, decimal weight, decimal quantity, string evidence)
    {
        var held = _causes.TryGetValue(kind, out var known) ? known : (0, 0, 0, new SortedDictionary<string, decimal>(StringComparer.Ordinal));
        held.Evidence[evidence] = held.Evidence.GetValueOrDefault(evidence) + Math.Abs(usd);
        _causes[kind] = (held.Usd + usd, held.Weight + weight, held.Quantity + quantity, held.Evidence);
    }

    /// <summary>What nobody foresaw before what the ledger was unsure of itself; then the heaviest first; of those without money, that with the most tokens.</summary>
    public IReadOnlyList<Cause> Ranked() =>
    [
        .. _causes
            .Select(c => new Cause(c.Key, c.Value.Usd, c.Value.Weight, c.Value.Quantity, Evidence(c.Value.Evidence)))
            .OrderBy(c => c.Kind.IsForeseen()).ThenByDescending(c => c.WeightUsd).ThenByDescending(c => c.Quantity).ThenBy(c => c.Kind),
    ];

    private static List<string> Evidence(SortedDictionary<string, decimal> evidence)
    {
        List<string> shown = [.. evidence.OrderByDescending(e => e.Value).ThenBy(e => e.Key, StringComparer.Ordinal).Take(MaxEvidence).Select(e => e.Key)];
        if (evidence.Count > MaxEvidence)
            shown.Add($"and {evidence.Count - MaxEvidence} more like these");
        return shown;
    }
}
