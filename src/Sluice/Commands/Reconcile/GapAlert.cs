using System.Globalization;
using Sluice.Core.Alerts;
using Sluice.Insights.Reconciling;

namespace Sluice.Commands.Reconcile;

/// <summary>What is told where ledger and bill differ by more than the tolerance: once for the same days and tolerance.</summary>
internal static class GapAlert
{
    public static Alert Of(Reconciliation result, DateOnly from, DateOnly to, decimal tolerancePercent, DateTimeOffset now)
    {
        var days = string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd} to {to:yyyy-MM-dd}");
        var cause = result.Causes.Count > 0 ? result.Causes[0].Kind.Name() : "no cause is known";
        return new Alert
        {
            Kind = AlertKind.ReconciliationGap,
            Subject = days,
            Occasion = string.Create(CultureInfo.InvariantCulture, $"above {tolerancePercent:0.######} %"),
            Title = string.Create(CultureInfo.InvariantCulture, $"Ledger and bill differ by {result.UsdDifferencePercent:0.00} % of the money and {result.TokenDifferencePercent:0.00} % of the tokens from {days}, above the tolerance of {tolerancePercent:0.##} %."),
            Advice = $"The heaviest cause: {cause}. 'sluice reconcile' lists all of them with their evidence; mend that one and reconcile again.",
            At = now,
            Facts = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["ledger_usd"] = result.LedgerUsd.ToString(CultureInfo.InvariantCulture),
                ["bill_usd"] = result.BillUsd.ToString(CultureInfo.InvariantCulture),
                ["usd_difference_percent"] = result.UsdDifferencePercent.ToString("0.0000", CultureInfo.InvariantCulture),
                ["token_difference_percent"] = result.TokenDifferencePercent.ToString("0.0000", CultureInfo.InvariantCulture),
                ["explained_percent"] = result.ExplainedPercent.ToString("0.0000", CultureInfo.InvariantCulture),
            },
        };
    }
}
