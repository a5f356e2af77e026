using Sluice.Core.Metering;

namespace Sluice.Insights.Movers;

/// <summary>
/// What a call of a group costs on average in two periods, as a function of what may have changed. What levers saved is taken for more of
/// the same usage, which they kept from being used; so a call costs usage times price, less what levers saved of it.
/// </summary>
internal sealed class CallCost
{
    /// <summary>Prices are of a million units, which leaves a decimal enough digits for the price of one.</summary>
    private const decimal UnitsPerPrice = 1_000_000;

    private static readonly UsageKind[] InputKinds = [UsageKind.Input, UsageKind.CacheRead, UsageKind.CacheWrite5m, UsageKind.CacheWrite1h];

    private readonly UsageKind[] _others;
    private readonly Side[] _sides;

    public CallCost(MoverPeriod before, MoverPeriod after)
    {
        _others = [.. before.Kinds.Keys.Union(after.Kinds.Keys).Except(InputKinds).Order()];
        _sides = [Read(before, after), Read(after, before)];
    }

    /// <summary>One period's averages. What it has no calls or units to tell is the other period's, so that it explains no change.</summary>
    /// <param name="Input">Units of input in a call, in millions, whatever the cache did with them.</param>
    /// <param name="Shares">The part that each of <see cref="InputKinds"/> has in it.</param>
    /// <param name="Others">Units of other kinds in a call, in millions.</param>
    /// <param name="Prices">Of a million units: of the input kinds, then of the others.</param>
    /// <param name="Unused">Dollars a call that levers saved where they left no usage at all.</param>
    /// <param name="Fees">Dollars a call that no units stand for.</param>
    /// <param name="Saved">Dollars a call that levers saved.</param>
    private sealed record Side(decimal Input, decimal[] Shares, decimal[] Others, decimal[] Prices, decimal Unused, decimal Fees, decimal Saved);

    /// <summary>Dollars a call, with each factor as it was before (0) or after (1).</summary>
    public decimal Of(int size, int cache, int price, int levers)
    {
        var (used, shares, prices) = (_sides[size], _sides[cache].Shares, _sides[price].Prices);
        var cost = used.Unused + _sides[price].Fees - _sides[levers].Saved;
        for (var i = 0; i < shares.Length; i++)
            cost += used.Input * shares[i] * prices[i];
        for (var i = 0; i < _others.Length; i++)
            cost += used.Others[i] * prices[shares.Length + i];
        return cost;
    }

    private Side Read(MoverPeriod period, MoverPeriod other)
    {
        // A group that isn't there in one period has then the calls of the other, and none of them.
        var told = period.Calls > 0 ? period : other;
        var calls = Math.Max(1, told.Calls);
        var fees = told.Kinds.Values.Where(k => k.Units == 0).Sum(k => k.CostUsd);
        var metered = told.CostUsd - fees;
        var without = metered == 0 ? 1 : (metered + told.SavedUsd) / metered;
        var input = InputKinds.Sum(k => Use(told, k).Units);
        var shares = input != 0 ? told : InputKinds.Sum(k => Use(Another(told), k).Units) != 0 ? Another(told) : told;
        return new Side(
            PerCall(input),
            Shares(shares),
            [.. _others.Select(k => PerCall(Use(told, k).Units))],
            [.. InputKinds.Concat(_others).Select(k => Price(k, told, Another(told)))],
            metered == 0 ? told.SavedUsd / calls : 0,
            fees / calls,
            told.SavedUsd / calls);

        MoverPeriod Another(MoverPeriod one) => ReferenceEquals(one, period) ? other : period;
        decimal PerCall(decimal units) => units / calls / UnitsPerPrice * without;
    }

    private static decimal[] Shares(MoverPeriod period)
    {
        var input = InputKinds.Sum(k => Use(period, k).Units);
        return [.. InputKinds.Select(k => input == 0 ? 0 : Use(period, k).Units / input)];
    }

    private static decimal Price(UsageKind kind, MoverPeriod period, MoverPeriod other)
    {
        var use = Use(period, kind) is { Units: not 0 } own ? own : Use(other, kind);
        return use.Units == 0 ? 0 : use.CostUsd / use.Units * UnitsPerPrice;
    }

    private static KindUse Use(MoverPeriod period, UsageKind kind) => period.Kinds.GetValueOrDefault(kind);
}
