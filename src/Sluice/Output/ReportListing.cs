using System.Globalization;
using System.Text.Json;
using Sluice.Commands.Spend;
using Sluice.Insights.Reports;

namespace Sluice.Output;

/// <summary>A report for people or programs, the same on the command line and over HTTP. Each says its basis, currency and what it reaches over.</summary>
internal static class ReportListing
{
    private static readonly string[] Money = ["cost", "read_saving", "write_premium", "net_saving", "cost_per_call"];

    /// <summary>Of the columns of money, those whose sum means something.</summary>
    private static readonly string[] Summed = ["cost", "net_saving"];

    public static void Write(TextWriter output, ReportAnswer report, OutputFormat format, bool wide = false)
    {
        if (format == OutputFormat.Table)
            WriteForPeople(output, report, wide);
        else if (format == OutputFormat.Csv)
            Csv(report).Write(output, OutputFormat.Csv);
        else
            WriteJson(output, report);
    }

    /// <summary>Every row says what it is of, so that files of several reports can be put together.</summary>
    private static Listing Csv(ReportAnswer report)
    {
        var table = new Listing(["report", "basis", "cost_basis", "from", "to", .. report.Columns]);
        foreach (var row in report.Rows)
            table.Add([report.Name, report.Basis, report.Cost, Moment(report.From), Moment(report.To), .. row]);
        return table;
    }

    private static void WriteJson(TextWriter output, ReportAnswer report)
    {
        var rows = new Listing([.. report.Columns]);
        foreach (var row in report.Rows)
            rows.Add(row);
        var coverage = new Listing("source", "from", "to");
        foreach (var source in report.Coverage)
            coverage.Add(source.Source, Moment(source.From), Moment(source.Until));
        output.Write($$"""{"report": {{Text(report.Name)}}, "basis": {{Text(report.Basis)}}, "cost_basis": {{Text(report.Cost)}}, "from": {{Text(Moment(report.From))}}, "to": {{Text(Moment(report.To))}},""");
        output.Write($" \"unpriced\": {report.Unpriced ?? 0}, \"notes\": [{string.Join(", ", BilledSpend.Notes(report.Remarks).Select(Text))}], \"coverage\": ");
        coverage.Write(output, OutputFormat.Json);
        output.Write(", \"rows\": ");
        rows.Write(output, OutputFormat.Json);
        output.WriteLine("}");
    }

    private static void WriteForPeople(TextWriter output, ReportAnswer report, bool wide)
    {
        output.WriteLine($"{report.Title}, {Day(report.From)} to {Day(report.To)} (UTC, the end not included).");
        output.WriteLine(report.Basis == "metered" ? "Metered by the gateway, at the price book's prices, in USD." : $"Billed, {report.Cost} cost; amounts of different currencies are not summed.");
        output.WriteLine(report.Coverage.Count == 0
            ? "There is nothing in that time."
            : "It covers " + string.Join("; ", report.Coverage.Select(c => $"{c.Source} from {Day(c.From)} to {Day(c.Until)}")) + ".");
        var currency = report.Columns.ToList().IndexOf("currency");
        var shown = Enumerable.Range(0, report.Columns.Count).Where(i => IsShown(report, i)).ToList();
        var table = new Listing([.. shown.Select(i => report.Columns[i].Replace('_', ' '))]);
        foreach (var row in report.Rows)
            table.Add([.. shown.Select(i => ForPeople(report.Columns[i], row[i]))]);
        foreach (var sum in report.Rows.Where(_ => currency >= 0).GroupBy(r => (string)r[currency]!, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var name = $"total {(sum.Key.Length == 0 ? "of no named currency" : sum.Key)}";
            object? Total(int i) => i == 0 ? name : Summed.Contains(report.Columns[i]) && sum.Any(r => r[i] is not null) ? new Amount(sum.Sum(r => (decimal?)r[i] ?? 0)) : "";
            var place = shown.IndexOf(currency);
            table.AddTotal([.. shown.Select(Total)], place < 0 ? null : r => Equals(r[place], ForPeople("currency", sum.Key)));
        }
        table.Write(output, OutputFormat.Table, wide: wide);
        if (report.Unpriced > 0 && currency >= 0)
            output.WriteLine($"{report.Unpriced:#,0} {(report.Basis == "metered" ? "calls" : "lines")} have no known cost and are in no sum of money.");
        foreach (var note in BilledSpend.Notes(report.Remarks))
            output.WriteLine(note);
    }

    /// <summary>What says the same in every row is left out, so that the table fits a terminal: the one currency stands with the totals.</summary>
    private static bool IsShown(ReportAnswer report, int column) => report.Columns[column] switch
    {
        "unpriced" or "unknown_tokens" => report.Rows.Any(r => r[column] is not 0L),
        "currency" => report.Rows.Select(r => r[column]).Distinct().Skip(1).Any(),
        _ => true,
    };

    private static object? ForPeople(string column, object? value) => value switch
    {
        "" => "(none)",
        string hour when column == "hour" => hour.Replace('T', ' ').Replace(":00:00Z", ":00", StringComparison.Ordinal),
        decimal money when Money.Contains(column) => new Amount(money),
        decimal share => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %",
        _ => value,
    };

    private static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset moment) => moment.UtcDateTime.ToString(moment.UtcDateTime.TimeOfDay.Ticks == 0 ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
