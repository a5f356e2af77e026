using Sluice.Core;

namespace Sluice.Ledger.Sums;

/// <summary>What calls used of one kind, and what it cost.</summary>
/// <param name="Quantity">Tokens, or units of any other kind.</param>
/// <param name="Cost">Of the calls whose whole cost is known.</param>
/// <param name="EstimatedQuantity">The part of calls with an estimated count.</param>
/// <param name="EstimatedCost">The same part's cost.</param>
/// <param name="SuspectQuantity">The part of calls whose report of usage contradicts itself.</param>
public sealed record KindSums(decimal Quantity, Money Cost, decimal EstimatedQuantity, Money EstimatedCost, decimal SuspectQuantity);

/// <summary>The same while it is being summed, in thousandths of a unit: whole numbers, so sums are exact.</summary>
internal struct KindTally
{
    private const decimal Milli = 1000;

    public long QuantityMilli;
    public MoneySum Cost;
    public long EstimatedMilli;
    public MoneySum EstimatedCost;
    public long SuspectMilli;

    public readonly KindSums Sums => new(QuantityMilli / Milli, Cost.Amount, EstimatedMilli / Milli, EstimatedCost.Amount, SuspectMilli / Milli);

    public void Add(in KindTally other)
    {
        QuantityMilli += other.QuantityMilli;
        Cost.Add(other.Cost);
        EstimatedMilli += other.EstimatedMilli;
        EstimatedCost.Add(other.EstimatedCost);
        SuspectMilli += other.SuspectMilli;
    }

    /// <summary>Adds what calls of one group used, all of them in the same doubt.</summary>
    public void Add(long quantityMilli, in MoneySum cost, CallDoubt doubt)
    {
        QuantityMilli += quantityMilli;
        Cost.Add(cost);
        if (doubt.HasFlag(CallDoubt.Estimated))
        {
            EstimatedMilli += quantityMilli;
            EstimatedCost.Add(cost);
        }
        if (doubt.HasFlag(CallDoubt.Suspect))
            SuspectMilli += quantityMilli;
    }
}
