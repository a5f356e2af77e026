namespace Sluice.Insights.Reconciling;

/// <summary>
/// A line with what of its difference is not yet put down to a cause. A difference in tokens is valued at the price of the side
/// that has them; what is left then is a difference in price.
/// </summary>
internal sealed class OpenLine(ReconciledLine line)
{
    public LineKey Key => line.Key;

    public ReconciledLine Line => line;

    /// <summary>What the bill has more.</summary>
    public decimal Quantity { get; private set; } = line.QuantityGap;

    public decimal Usd { get; private set; } = line.UsdGap;

    /// <summary>
    /// What the bill lacks beyond what is doubtful, since AWS may bill nothing for a call that broke off. Where the bill has nothing of a line with
    /// measured tokens, all of it is elsewhere, the estimated ones too.
    /// </summary>
    public decimal Lack =>
        line.Bill.Quantity == 0 && line.Ledger.Quantity > line.Ledger.Doubtful ? -Quantity : Math.Max(0, -Quantity - line.Ledger.Doubtful);

    /// <summary>Takes tokens out of the difference.</summary>
    /// <param name="quantity">With the sign of the difference.</param>
    /// <returns>Their money.</returns>
    public decimal Take(decimal quantity)
    {
        var all = quantity == line.QuantityGap && (line.Ledger.Quantity == 0 || line.Bill.Quantity == 0);
        var unit = quantity > 0 ? line.Bill.UnitUsd : line.Ledger.UnitUsd;
        // Where one side has nothing, its whole money goes: a division would leave a rest in the 28th decimal.
        var usd = all ? line.UsdGap : quantity * (unit ?? 0);
        Quantity -= quantity;
        Usd -= usd;
        return usd;
    }

    public decimal TakeRest()
    {
        var usd = Usd;
        Usd = 0;
        return usd;
    }

    public string Name => $"{(Key.Model.Length > 0 ? Key.Model : "guardrails")} {Core.Metering.UsageKinds.Name(Key.Kind)}";
}
