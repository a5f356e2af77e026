using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Hosting;
using Sluice.Insights.Forecasts;
using Sluice.Output;

namespace Sluice.Reports.Watching;

/// <summary>What is spent, held and left of each budget, and when its limit will be reached as spending goes.</summary>
internal sealed class BudgetsReport : Report
{
    private static readonly ReportColumn[] All =
    [
        new("budget", ColumnType.Text, "The budget's name") { View = ColumnView.Programs },
        ReportColumn.Derive("budget", NameOf),
        new("bucket", ColumnType.Text, "Whose share of it, for a budget for each key, app or tag value; else null") { View = ColumnView.Programs },
        new("scope", ColumnType.Text, "The calls that count") { View = ColumnView.Programs },
        new("window", ColumnType.Text, "How long the limit lasts") { View = ColumnView.Programs },
        new("limit_usd", ColumnType.Usd, "Dollars that may be spent in a window") { Heading = "limit" },
        new("spent_usd", ColumnType.Usd, "Settled spend") { Heading = "spent" },
        new("unknown_usd", ColumnType.Usd, "Worst-case cost of attempts whose real cost can no longer be determined; it counts against the limit") { View = ColumnView.Programs },
        new("held_usd", ColumnType.Usd, "Worst-case cost of attempts under way") { Heading = "held" },
        new("left_usd", ColumnType.Usd, "limit_usd less all of these") { Heading = "left" },
        new("used_percent", ColumnType.Percent, "What is spent or unknown, of the limit") { Heading = "%" },
        new("window_start", ColumnType.Moment, "When the window began") { View = ColumnView.Programs },
        new("frees_at", ColumnType.Moment, "When the window resets, or the oldest spending of a rolling one leaves it") { View = ColumnView.Programs },
        new("thresholds", ColumnType.Text, "Actions at percentages of the limit") { View = ColumnView.Programs },
        new("revision", ColumnType.Count, "Changes with each change of the budget") { View = ColumnView.Programs },
        new("forecast", ColumnType.Text, "When the limit will be reached, as spending goes") { View = ColumnView.Programs },
    ];

    public override string Name => "budgets";

    public override string Summary => "List the budgets with what is spent, held and left, and when they run out";

    public override string Help => """
        unknown_usd is the worst-case cost of attempts whose real cost can no longer be determined, such as those of a killed
        process; it counts against limits. Exits with 1 if a limit is reached.

        Examples:
          sluice budgets list
          sluice budgets list --config sluice.yaml --format json
        """;

    public override IReadOnlyList<ReportColumn> Columns => All;

    public override bool NamesModels => false;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var now = question.Clock.Now;
        var standings = await StandingsAsync(sources, now, cancellationToken);
        var forecasts = await BudgetForecasts.OfAsync(standings, sources.DataDirectory, now, cancellationToken);
        return new ReportTable(All)
        {
            Rows = [.. standings.Select(s => Row(s, forecasts[s]))],
            Currency = "USD",
            Remarks = [.. standings.Select(s => Remark(s, forecasts[s]))],
            IsNo = standings.Any(s => s.Counted >= s.Budget.Limit),
        };
    }

    private static async Task<IReadOnlyList<BudgetStanding>> StandingsAsync(ReportSources sources, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (sources.Live is { } live)
        {
            await live.Budgets.RefreshAsync(cancellationToken);
            return live.Budgets.Standings(now);
        }
        await using var state = BudgetState.Open(sources.Options, sources.DataDirectory);
        return (await state.BookAsync(sources.Time, cancellationToken)).Standings(now);
    }

    /// <summary>The names of what a row has.</summary>
    public static IReadOnlyList<string> ProgramColumns { get; } = [.. All.Where(c => c.IsStored).Select(c => c.Name)];

    public static object?[] Row(BudgetStanding standing, string forecast) =>
    [
        standing.Budget.Name, standing.Bucket.Length == 0 ? null : standing.Bucket, standing.Budget.Scope.ToString(), standing.Budget.Window.ToString(),
        standing.Budget.Limit, standing.Spent, standing.Unknown, standing.Held, standing.Left, standing.Percent, standing.Window.Start, standing.FreesAt,
        string.Join(' ', standing.Budget.Thresholds), standing.Budget.Revision, forecast,
    ];

    /// <summary>What it is for and where it is going, which would make the table too wide for a terminal.</summary>
    private static string Remark(BudgetStanding standing, string forecast)
    {
        var name = standing.Bucket.Length == 0 ? standing.Budget.Name : $"{standing.Budget.Name} {standing.Bucket}";
        var unknown = standing.Unknown == Money.Zero ? "" : $" Of the limit, {Listing.ForPeople(standing.Unknown)} is reserved permanently for attempts of unknown cost.";
        var frees = standing.Budget.Window.IsRolling ? "frees" : "resets";
        return $"{name}: {standing.Budget.Window}, for {standing.Budget.Scope}; {frees} {TimeSpot.Text(standing.FreesAt)}. Forecast: {forecast}.{unknown}";
    }

    private static object? NameOf(ReportRow row) => row["bucket"] is string bucket ? $"{row["budget"]} {bucket}" : row["budget"];
}
