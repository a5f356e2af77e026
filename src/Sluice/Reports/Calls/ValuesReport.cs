using System.Globalization;
using Sluice.Core;
using Sluice.Ledger.Queries;
using Sluice.Reports.OverTime;

namespace Sluice.Reports.Calls;

/// <summary>What a dimension of calls holds, such as all apps whose name begins so.</summary>
internal sealed class ValuesReport : Report
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;

    private static readonly ReportParameter<string> Dimension = new("dimension", "app, model, key, tag:NAME and so on", (words, _) => words is [{ Length: > 0 } name]
        ? MeteredGroups.Check([name], 1)[0]
        : throw new ReportMistakeException($"dimension is missing; write one of {string.Join(", ", CallDimensions.All)} or tag:NAME."))
    {
        IsArgument = true,
        Form = "NAME",
    };

    private static readonly ReportParameter<string> Prefix = new("prefix", "Only values that begin so, in either case", (words, _) => words is [var word] ? word : "") { Form = "TEXT" };

    private static readonly ReportParameter<int> Limit = new("limit", "At most so many values", ReadLimit) { Form = "N", Default = "100" };

    private static readonly ReportColumn[] All =
    [
        new("value", ColumnType.Text, "A value; empty for calls without one") { ForPeople = v => v is "" ? "(none)" : v },
        new("calls", ColumnType.Count, "Calls that have it"),
        new("cost_usd", ColumnType.Usd, "Their cost") { Heading = "cost USD" },
    ];

    public override string Name => "values";

    public override string Summary => "What a dimension holds: all apps, models, keys, values of a tag";

    public override string Help => """
        The values with the most calls come first.

        Examples:
          sluice values app
          sluice values model --prefix anthropic. --from 7d
          sluice values tag:customer --format csv
        """;

    public override IReadOnlyList<ReportColumn> Columns => All;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [Dimension, Prefix, CommonParameters.From, CommonParameters.To, Limit, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var (from, to, limit) = (question.Get(CommonParameters.From), question.Get(CommonParameters.To), question.Get(Limit));
        var ledger = await sources.LedgerAsync(cancellationToken);
        var values = ledger.Values(new ValuesQuery { Dimension = question.Get(Dimension), Prefix = question.Get(Prefix), From = from, To = to, Limit = limit + 1 });
        return new ReportTable(All)
        {
            Rows = [.. values.Take(limit).Select(v => (object?[])[v.Value, v.Calls, v.Cost])],
            Basis = "metered",
            Currency = "USD",
            From = from,
            To = to,
            CompleteUntil = question.Clock.Now,
            Notes = values.Count > limit ? [$"There are more than {limit} values; --prefix narrows them down."] : values.Count == 0 ? ["There are no such values."] : [],
        };
    }

    private static int ReadLimit(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return DefaultLimit;
        return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostLimit
            ? limit
            : throw new ReportMistakeException($"limit '{PlainText.Of(words[0])}' must be a whole number from 1 to {MostLimit}.");
    }
}
