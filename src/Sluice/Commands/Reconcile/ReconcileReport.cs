using System.Globalization;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Insights.Reconciling;
using Sluice.Output;

namespace Sluice.Commands.Reconcile;

/// <summary>A reconciliation in words: the verdict, the lines that differ, the causes, the share explained.</summary>
internal sealed class ReconcileReport(Reconciliation result, BillBook bill, DateOnly from, DateOnly to, decimal tolerancePercent)
{
    private const int ShownLines = 20;

    /// <param name="causes">In the forms for programs, the causes instead of the lines.</param>
    public void Write(TextWriter output, OutputFormat format, bool causes, bool wide)
    {
        if (format != OutputFormat.Table)
            (causes ? Causes() : Lines()).Write(output, format);
        else
            WriteForPeople(output, wide);
    }

    /// <summary>Every line, by day.</summary>
    private Listing Lines()
    {
        var listing = new Listing("day", "model", "scope", "tier", "kind", "ledger_quantity", "bill_quantity", "quantity_gap", "ledger_usd", "bill_usd", "usd_gap");
        foreach (var line in result.Lines)
        {
            listing.Add(
                line.Key.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), line.Key.Model, line.Key.Scope, line.Key.Tier, line.Key.Kind.Name(),
                line.Ledger.Quantity, line.Bill.Quantity, line.QuantityGap, line.Ledger.Usd, line.Bill.Usd, line.UsdGap);
        }
        return listing;
    }

    /// <summary>One a row, the heaviest first, with its evidence in one field.</summary>
    private Listing Causes()
    {
        var listing = new Listing("cause", "explains", "usd", "weight_usd", "quantity", "evidence");
        foreach (var cause in result.Causes)
            listing.Add(cause.Kind.Name(), cause.Kind.IsExplanation(), cause.Usd, cause.WeightUsd, cause.Quantity, string.Join("; ", cause.Evidence));
        return listing;
    }

    private void WriteForPeople(TextWriter output, bool wide)
    {
        output.WriteLine($"Ledger and bill from {from:yyyy-MM-dd} to {to:yyyy-MM-dd} (UTC, the last day not included)");
        output.WriteLine($"Tokens: ledger {result.LedgerTokens:#,0}, bill {result.BillTokens:#,0}; {result.TokenDifferencePercent:0.00} % differ.");
        output.WriteLine($"Money:  ledger ${Dollars(result.LedgerUsd)}, bill ${Dollars(result.BillUsd)}; {result.UsdDifferencePercent:0.00} % differ.");
        WriteLines(output, wide);
        WriteCauses(output);
        foreach (var (currency, amount) in bill.OtherCurrencies)
            output.WriteLine($"The bill also has {amount:#,0.00} {currency}, which is compared with nothing.");
        if (bill.UnpricedLines > 0)
            output.WriteLine($"{Counted.Of(bill.UnpricedLines, "line")} of the bill {Counted.Word(bill.UnpricedLines, "has", "have")} no cost; the tokens are compared, the money can't be.");
        if (result is { LedgerTokens: 0, LedgerUsd: 0 } && (result.BillTokens != 0 || result.BillUsd != 0))
        {
            output.WriteLine("The ledger has no call of that time: all that was billed went past the gateway, and nothing could be compared.");
            return;
        }
        output.WriteLine($"{result.ExplainedPercent:0.00} % of the bill is explained. {(result.IsWithin(tolerancePercent) ? "Within" : "Above")} the tolerance of {tolerancePercent:0.##} %.");
    }

    /// <summary>What differs over all days, the dearest first.</summary>
    private void WriteLines(TextWriter output, bool wide)
    {
        var differing = result.Lines.Where(l => l.QuantityGap != 0 || l.UsdGap != 0)
            .GroupBy(l => (l.Key.Model, l.Key.Scope, l.Key.Tier, l.Key.Kind))
            .Select(g => (g.Key, Tokens: g.Sum(l => l.QuantityGap), Usd: g.Sum(l => l.UsdGap)))
            .OrderByDescending(g => Math.Abs(g.Usd)).ThenByDescending(g => Math.Abs(g.Tokens)).ToList();
        if (differing.Count == 0)
            return;
        var listing = new Listing("model", "scope", "tier", "kind", "bill has more", "USD more");
        foreach (var (key, tokens, usd) in differing.Take(ShownLines))
            listing.Add(key.Model.Length > 0 ? key.Model : "(guardrails)", key.Scope, key.Tier, key.Kind.Name(), tokens, Money.FromUsd(usd));
        listing.Write(output, OutputFormat.Table, wide: wide);
        if (differing.Count > ShownLines)
            output.WriteLine($"and {differing.Count - ShownLines} more; --format csv has every line by day.");
    }

    private void WriteCauses(TextWriter output)
    {
        foreach (var (i, cause) in result.Causes.Index())
        {
            output.WriteLine($"{i + 1}. {cause.Kind.Name()}: ${Dollars(cause.Usd)}{(cause.Quantity > 0 ? $", {cause.Quantity:#,0} tokens or units" : "")}");
            foreach (var evidence in cause.Evidence)
                Terminal.WriteText(output, $"     {evidence}");
        }
    }

    private static string Dollars(decimal usd) => Listing.ForPeople(Money.FromUsd(usd));
}
