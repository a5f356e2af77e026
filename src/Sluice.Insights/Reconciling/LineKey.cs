using Sluice.Core.Metering;

namespace Sluice.Insights.Reconciling;

/// <summary>What ledger and bill are compared by.</summary>
/// <param name="Day">The day (UTC) on which the calls were made.</param>
/// <param name="Model">The base model id; empty for guardrails, which are charged to no model.</param>
/// <param name="Scope"><c>global</c> or <c>regional</c>.</param>
/// <param name="Tier">The tier's name, <c>batch</c>, or <c>unknown:</c> and the bill's word.</param>
/// <param name="Kind">What is counted.</param>
public readonly record struct LineKey(DateOnly Day, string Model, string Scope, string Tier, UsageKind Kind);

/// <summary>What one side says of a line.</summary>
/// <param name="Quantity">Tokens, or units of the kind.</param>
/// <param name="Usd">Dollars.</param>
/// <param name="Doubtful">Of a ledger's quantity, what was estimated and the bill may lack.</param>
/// <param name="TwiceCounted">Of a ledger's plain input, the cached tokens of replies whose input may have them inside.</param>
public readonly record struct Side(decimal Quantity, decimal Usd, decimal Doubtful = 0, decimal TwiceCounted = 0)
{
    /// <summary>Dollars for one, or null where nothing was counted.</summary>
    public decimal? UnitUsd => Quantity == 0 ? null : Usd / Quantity;

    public static Side operator +(Side left, Side right) => new(left.Quantity + right.Quantity, left.Usd + right.Usd, left.Doubtful + right.Doubtful, left.TwiceCounted + right.TwiceCounted);
}

/// <summary>One line of the comparison.</summary>
public sealed record ReconciledLine(LineKey Key, Side Ledger, Side Bill)
{
    /// <summary>What the bill has more than the ledger.</summary>
    public decimal QuantityGap => Bill.Quantity - Ledger.Quantity;

    public decimal UsdGap => Bill.Usd - Ledger.Usd;
}
