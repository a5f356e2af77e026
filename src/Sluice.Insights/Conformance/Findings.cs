using System.Runtime.InteropServices;

namespace Sluice.Insights.Conformance;

/// <summary>Collects what is broken: one entry a rule and column, with the first line and how many.</summary>
internal sealed class Findings
{
    private readonly Dictionary<(string Id, string Column), BrokenRule> _broken = [];

    public void Add(string id, string column, bool isAdvice, long line, string what, string fix)
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(_broken, (id, column), out _);
        held = held is null ? new BrokenRule(id, column, isAdvice, line, 1, what, fix) : held with { Rows = held.Rows + 1 };
    }

    public IReadOnlyList<BrokenRule> ByLine() =>
        [.. _broken.Values.OrderBy(b => b.IsAdvice).ThenBy(b => b.Line).ThenBy(b => b.Column, StringComparer.Ordinal).ThenBy(b => b.Id, StringComparer.Ordinal)];
}
