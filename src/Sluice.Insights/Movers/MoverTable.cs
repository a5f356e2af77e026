namespace Sluice.Insights.Movers;

/// <summary>How one group's cost changed, and why.</summary>
public sealed record MoverRow(MoverGroup Group, ChangeSplit Split)
{
    public decimal ChangeUsd => Group.After.CostUsd - Group.Before.CostUsd;
}

/// <summary>What changed most between two periods, and why.</summary>
/// <param name="Rows">The largest change first, whichever its sign.</param>
/// <param name="Split">The sum of the rows'.</param>
/// <param name="UnpricedBefore">Calls whose cost is not known; nothing of them is in any row's dollars.</param>
/// <param name="UnpricedAfter">The same of the second period.</param>
public sealed record MoverTable(IReadOnlyList<MoverRow> Rows, ChangeSplit Split, long UnpricedBefore, long UnpricedAfter)
{
    /// <summary>As exact as the ledger's money.</summary>
    private const int Decimals = 12;

    private const int Subsets = 1 << ChangeSplit.Factors;

    /// <summary>
    /// Splits every change by Shapley's value: the mean, over all orders in which the factors can change one after the other, of what each
    /// adds. So no factor comes first, the parts add up, and exchanging the periods changes nothing but the sign (Shapley 1953; for
    /// decompositions of this kind Ang and others, Energy Policy 31, 2003).
    /// </summary>
    /// <param name="groups">Disjoint; together all calls of both periods.</param>
    public static MoverTable Of(IReadOnlyCollection<MoverGroup> groups)
    {
        var (before, after) = (groups.Sum(g => g.Before.Calls), groups.Sum(g => g.After.Calls));
        var rows = groups.Select(g => new MoverRow(g, Explain(g, before, after)))
            .OrderByDescending(r => Math.Abs(r.ChangeUsd)).ThenBy(r => r.Group.Name, StringComparer.Ordinal).ToList();
        return new MoverTable(
            rows,
            rows.Aggregate(default(ChangeSplit), (sum, row) => sum + row.Split),
            groups.Sum(g => g.Before.UnpricedCalls),
            groups.Sum(g => g.After.UnpricedCalls));
    }

    private static ChangeSplit Explain(MoverGroup group, long before, long after)
    {
        var call = new CallCost(group.Before, group.After);
        decimal[] volumes = [before, after];
        // If there are no calls at all in a period, its mix is that of the other.
        decimal[] mixes = [Share(group.Before, before, group.After, after), Share(group.After, after, group.Before, before)];
        var costs = new decimal[Subsets];
        for (var changed = 0; changed < Subsets; changed++)
            costs[changed] = volumes[Bit(changed, 0)] * (mixes[Bit(changed, 1)] * call.Of(Bit(changed, 2), Bit(changed, 3), Bit(changed, 4), Bit(changed, 5)));
        Span<decimal> parts = stackalloc decimal[ChangeSplit.Factors];
        for (var factor = 0; factor < parts.Length; factor++)
            parts[factor] = Shapley(costs, factor);
        Settle(parts, group.After.CostUsd - group.Before.CostUsd);
        return ChangeSplit.Of(parts);
    }

    private static decimal Share(MoverPeriod period, long all, MoverPeriod other, long ofOther) =>
        all > 0 ? (decimal)period.Calls / all : ofOther > 0 ? (decimal)other.Calls / ofOther : 0;

    private static int Bit(int subset, int factor) => (subset >> factor) & 1;

    private static decimal Shapley(decimal[] costs, int factor)
    {
        var sum = 0m;
        for (var others = 0; others < Subsets; others++)
        {
            if (Bit(others, factor) == 0)
                sum += Orders(int.PopCount(others)) * (costs[others | (1 << factor)] - costs[others]);
        }
        return sum / Factorial(ChangeSplit.Factors);
    }

    /// <summary>In how many orders exactly the given number of others change before a factor.</summary>
    private static decimal Orders(int earlier) => Factorial(earlier) * Factorial(ChangeSplit.Factors - 1 - earlier);

    private static decimal Factorial(int number) => number < 2 ? 1 : number * Factorial(number - 1);

    /// <summary>Rounds the parts; what that leaves of the change belongs to the largest, of which it is less than anyone sees.</summary>
    private static void Settle(Span<decimal> parts, decimal change)
    {
        var largest = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = decimal.Round(parts[i], Decimals);
            change -= parts[i];
            if (Math.Abs(parts[i]) > Math.Abs(parts[largest]))
                largest = i;
        }
        parts[largest] += change;
    }
}
