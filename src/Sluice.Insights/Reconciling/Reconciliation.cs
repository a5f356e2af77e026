namespace Sluice.Insights.Reconciling;

/// <summary>Ledger against bill, with each difference put down to a cause.</summary>
public sealed record Reconciliation
{
    /// <summary>By day, model, scope, tier and kind, those that agree included.</summary>
    public required IReadOnlyList<ReconciledLine> Lines { get; init; }

    /// <summary>The heaviest first, and behind them what the ledger was unsure of itself.</summary>
    public required IReadOnlyList<Cause> Causes { get; init; }

    public required decimal LedgerUsd { get; init; }

    /// <summary>Credits and taxes included.</summary>
    public required decimal BillUsd { get; init; }

    public required decimal LedgerTokens { get; init; }

    public required decimal BillTokens { get; init; }

    /// <summary>Money that differs, line by line and without signs, so that nothing cancels out, as a percentage of the larger side.</summary>
    public required decimal UsdDifferencePercent { get; init; }

    /// <summary>The same for tokens.</summary>
    public required decimal TokenDifferencePercent { get; init; }

    /// <summary>The part of the bill that agrees or whose difference has a cause that says what happened.</summary>
    public required decimal ExplainedPercent { get; init; }

    public bool IsWithin(decimal tolerancePercent) => UsdDifferencePercent <= tolerancePercent && TokenDifferencePercent <= tolerancePercent;
}
