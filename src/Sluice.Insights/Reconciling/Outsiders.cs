using System.Collections.Immutable;

namespace Sluice.Insights.Reconciling;

/// <summary>
/// Finds those on the bill whose usage is not in the ledger: without what they used, bill and ledger come closer together over all the lines
/// that they are on. Calls that the ledger estimated may not be billed at all, so a bill that lacks no more than those is no farther away.
/// Somebody with most of the bill isn't sought: that is the gateway itself.
/// </summary>
internal sealed class Outsiders(IReadOnlyList<OpenLine> lines, ImmutableDictionary<LineKey, ImmutableDictionary<string, decimal>> users)
{
    /// <summary>What may be left of the differences once an outsider's usage is taken out; chance leaves more.</summary>
    private const decimal MostLeft = 0.75m;

    /// <summary>The value of a token or unit whose price is not known, so that it isn't nothing.</summary>
    private const decimal LeastUnitUsd = 0.000001m;

    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>The next one, with the lines and how much was used on each; null where there is none.</summary>
    public (string User, List<(OpenLine Line, decimal Used)> Lines)? Next()
    {
        var used = lines.Where(l => users.ContainsKey(l.Key)).SelectMany(l => users[l.Key].Where(u => u.Value > 0).Select(u => (User: u.Key, Line: l, Used: u.Value))).ToList();
        var all = used.Sum(u => u.Used * UnitUsd(u.Line));
        var best = used
            .Where(u => !_found.Contains(u.User))
            .GroupBy(u => u.User, StringComparer.Ordinal)
            .Where(g => g.Sum(u => u.Used * UnitUsd(u.Line)) * 2 <= all)
            .Select(g => (User: g.Key, Lines: g.Select(u => (u.Line, u.Used)).ToList(), Before: g.Sum(u => OffUsd(u.Line, 0)), After: g.Sum(u => OffUsd(u.Line, u.Used))))
            .Where(c => c.Before > 0 && c.After <= c.Before * MostLeft)
            .OrderByDescending(c => c.Before - c.After).ThenBy(c => c.User, StringComparer.Ordinal)
            .FirstOrDefault();
        if (best.Lines is null)
            return null;
        _found.Add(best.User);
        return (best.User, best.Lines);
    }

    /// <summary>How far the bill is from the ledger without what somebody used.</summary>
    private static decimal OffUsd(OpenLine line, decimal used)
    {
        var gap = line.Quantity - used;
        return (gap > 0 ? gap : Math.Max(0, -gap - line.Line.Ledger.Doubtful)) * UnitUsd(line);
    }

    private static decimal UnitUsd(OpenLine line) => line.Line.Bill.UnitUsd is { } unit and > 0 ? unit : LeastUnitUsd;
}
