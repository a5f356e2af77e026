using System.Globalization;
using Sluice.Insights.Reports;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;
using Sluice.Output;

namespace Sluice.Reports.Spending;

/// <summary>One of the reports that come with Sluice, such as <c>spend-by-team</c>. Each says its basis, currency and what it reaches over.</summary>
internal sealed class PresetReport(string name, string title) : Report
{
    private static readonly ReportColumn[] Origin =
    [
        new("report", ColumnType.Text, "The report's name") { View = ColumnView.Csv },
        new("basis", ColumnType.Text, "metered or billed") { View = ColumnView.Csv },
        new("cost_basis", ColumnType.Text, "Which cost of a bill") { View = ColumnView.Csv },
        new("from", ColumnType.Moment, "The first moment that counts") { View = ColumnView.Csv },
        new("to", ColumnType.Moment, "The first moment that no longer counts") { View = ColumnView.Csv },
    ];

    private static readonly ReportColumn[] Known =
    [
        new("month", ColumnType.Text, "Calendar month, UTC"),
        new("day", ColumnType.Text, "Calendar day, UTC"),
        new("hour", ColumnType.Text, "The hour's first moment, UTC") { ForPeople = v => v is string hour ? hour.Replace('T', ' ').Replace(":00:00Z", ":00", StringComparison.Ordinal) : v },
        new("provider", ColumnType.Text, "Who sells the model") { ForPeople = None },
        new("family", ColumnType.Text, "Model family") { ForPeople = None },
        new("model", ColumnType.Text, "Model") { ForPeople = None },
        new("kind", ColumnType.Text, "What is counted, such as input or cache_read") { ForPeople = None },
        new("task", ColumnType.Text, "Task tag") { ForPeople = None },
        new("team", ColumnType.Text, "Team tag") { ForPeople = None },
        new("calls", ColumnType.Count, "Calls; a bill doesn't count them") { IsSum = false },
        new("tokens", ColumnType.Tokens, "Tokens of the kind") { IsSum = false },
        new("input", ColumnType.Tokens, "Input tokens at the full price"),
        new("cache_read", ColumnType.Tokens, "Input tokens read from the prompt cache"),
        new("cache_write", ColumnType.Tokens, "Input tokens written to the prompt cache"),
        new("output", ColumnType.Tokens, "Output tokens"),
        new("currency", ColumnType.Text, "Of the row's amounts") { ForPeople = None },
        new("cost", ColumnType.Amount, "Cost in the row's currency"),
        new("cost_per_call", ColumnType.Amount, "Cost of a priced call") { IsSum = false },
        new("cached_share", ColumnType.Share, "Share of input tokens that was read from the cache") { IsSum = false, ForPeople = PercentOf },
        new("read_saving", ColumnType.Amount, "What reads cost less than plain input would have") { IsSum = false },
        new("write_premium", ColumnType.Amount, "What writes cost more than plain input would have") { IsSum = false },
        new("net_saving", ColumnType.Amount, "read_saving less write_premium"),
        new("unknown_tokens", ColumnType.Tokens, "Cached tokens without a known cost or price; they are in no amount") { IsSum = false, View = ColumnView.PeopleIfAny },
        new("share", ColumnType.Share, "Share of all cost in the currency") { IsSum = false, ForPeople = PercentOf },
        new("unpriced", ColumnType.Count, "Lines or calls without a known cost") { IsSum = false, View = ColumnView.PeopleIfAny },
    ];

    /// <summary>Of the columns of money, those whose sum means something.</summary>
    private static readonly string[] Summed = ["cost", "net_saving"];

    public override string Name => name;

    public override string Summary => title;

    public override string Help => $"""
        It is of {(ReportBook.IsMetered(name) ? "the ledger, as no bill counts calls" : "bills")} unless --basis says otherwise, and reaches back from the end of what there is.

        Examples:
          sluice report {name}
          sluice report {name} --basis {(ReportBook.IsMetered(name) ? "billed" : "metered")} --from "last month" --to "this month"
          sluice report {name} --format csv
        """;

    public override IReadOnlyList<ReportColumn> Columns => [.. Origin, .. ReportBook.ColumnsOf(name).Select(Find)];

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } =
        [SpendParameters.Basis, SpendParameters.Where, CommonParameters.From, CommonParameters.To, SpendParameters.Cost, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var basis = question.Get(SpendParameters.Basis) ?? (ReportBook.IsMetered(name) ? Dimensions.Metered.Basis : Dimensions.Billed.Basis);
        SpendParameters.CheckBasis(basis, question.Get(SpendParameters.Cost), allServices: false, related: false);
        var where = question.Get(SpendParameters.Where);
        Dimensions.Find(basis).Check(where.Keys);
        var query = new ReportQuery
        {
            From = question.Get(CommonParameters.From),
            To = question.Get(CommonParameters.To),
            Filters = where,
            Cost = SpendParameters.CostOf(question.Get(SpendParameters.Cost)),
        };
        if (basis == Dimensions.Billed.Basis)
        {
            var store = sources.Bills();
            var billed = ReportBook.Billed(name, store, query);
            return Table(billed, BilledSpend.CompleteUntil(store), () => NothingFound.Billed(store, new BillQuery { From = billed.From, To = billed.To, GroupBy = [], Filters = where }));
        }
        var ledger = await sources.LedgerAsync(cancellationToken);
        var metered = ReportBook.Metered(name, ledger, query, question.Clock.Now);
        return Table(metered, question.Clock.Now, () => NothingFound.Metered(ledger, new SpendQuery { From = metered.From, To = metered.To, Filters = where }));
    }

    private static ReportTable Table(ReportAnswer answer, DateTimeOffset? completeUntil, Func<string> whyNone)
    {
        object?[] origin = [answer.Name, answer.Basis, answer.Cost, answer.From, answer.To];
        var currencies = answer.Columns.Contains("currency", StringComparer.Ordinal);
        var table = new ReportTable([.. Origin, .. answer.Columns.Select(Find).Select(c => c.Name == "currency" && IsOne(answer) ? c with { View = ColumnView.Programs } : c)])
        {
            Rows = [.. answer.Rows.Select(r => (object?[])[.. origin, .. r])],
            Basis = answer.Basis,
            CostBasis = answer.Cost,
            From = answer.From,
            To = answer.To,
            CompleteUntil = completeUntil,
            Resolved = [("basis", answer.Basis), ("from", answer.From), ("to", answer.To), ("cost", answer.Basis == "billed" ? answer.Cost : null)],
            Lead = Lead(answer),
            Facts = [("unpriced", answer.Unpriced ?? 0)],
            Sections = [Coverage(answer)],
            Notes = [.. Notes(answer, currencies, whyNone)],
        };
        return currencies ? table with { Totals = [.. Totals(table, answer, origin)] } : table;
    }

    private static bool IsOne(ReportAnswer answer)
    {
        var place = answer.Columns.ToList().IndexOf("currency");
        return !answer.Rows.Select(r => r[place]).Distinct().Skip(1).Any();
    }

    private static string[] Lead(ReportAnswer answer) =>
    [
        $"{answer.Title}, {Day(answer.From)} to {Day(answer.To)} (UTC, the end not included).",
        answer.Basis == "metered" ? "Metered by the gateway, at the price book's prices, in USD." : $"Billed, {answer.Cost} cost; amounts of different currencies are not summed.",
        answer.Coverage.Count == 0
            ? "There is nothing in that time."
            : "It covers " + string.Join("; ", answer.Coverage.Select(c => $"{c.Source} from {Day(c.From)} to {Day(c.Until)}")) + ".",
    ];

    private static IEnumerable<string> Notes(ReportAnswer answer, bool currencies, Func<string> whyNone)
    {
        if (answer.Rows.Count == 0)
            yield return whyNone();
        if (answer.Unpriced > 0 && currencies)
            yield return string.Create(CultureInfo.InvariantCulture, $"{answer.Unpriced:#,0} {(answer.Basis == "metered" ? "calls" : "lines")} have no known cost and are in no sum of money.");
        foreach (var note in BillNotes.Of(answer.Remarks))
            yield return note;
    }

    private static IEnumerable<ReportTotal> Totals(ReportTable table, ReportAnswer answer, object?[] origin)
    {
        var place = answer.Columns.ToList().IndexOf("currency");
        foreach (var sum in answer.Rows.GroupBy(r => (string)r[place]!, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            object? Total(int i) => i == place ? sum.Key
                : Summed.Contains(answer.Columns[i]) && sum.Any(r => r[i] is not null) ? sum.Sum(r => (decimal?)r[i] ?? 0) : null;
            yield return new ReportTotal([.. origin, .. Enumerable.Range(0, answer.Columns.Count).Select(Total)])
            {
                Title = $"total {(sum.Key.Length == 0 ? "of no named currency" : sum.Key)}",
                Sums = row => Equals(table.Value(row, "currency"), sum.Key),
            };
        }
    }

    private static ReportSection Coverage(ReportAnswer answer)
    {
        ReportColumn[] columns = [new("source", ColumnType.Text, "Source"), new("from", ColumnType.Moment, "First moment"), new("to", ColumnType.Moment, "First moment after it")];
        return new ReportSection("coverage", Title: null, new ReportTable(columns) { Rows = [.. answer.Coverage.Select(c => (object?[])[c.Source, c.From, c.Until])] });
    }

    private static ReportColumn Find(string column) => Array.Find(Known, c => c.Name == column) ?? throw new KeyNotFoundException(column);

    private static object? None(object? value) => value is "" ? "(none)" : value;

    private static object? PercentOf(object? value) => value is decimal share ? (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : value;

    private static string Day(DateTimeOffset moment) => TimeSpot.Day(moment, TimeZoneInfo.Utc);
}
