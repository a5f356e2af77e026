using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Alerts;
using Sluice.Hosting;
using Sluice.Insights.Alerting;

namespace Sluice.Reports.Watching;

/// <summary>The alerts that were raised, with a row for each delivery, and one for an alert that no channel takes.</summary>
internal sealed class AlertsReport : Report
{
    private const int DefaultMost = 100;
    private const int MostAlerts = 100_000;
    private const int ShownIdLength = 8;

    private static readonly ReportParameter<string?> State = CommonParameters.OptionalChoice(
        "state", "Only alerts with a delivery in this state", "waiting", "delivered", "given_up");

    private static readonly ReportParameter<string?> Kind = CommonParameters.OptionalChoice("kind", "Only alerts of this kind", [.. AlertKinds.All]);

    private static readonly ReportParameter<int> Limit = new("limit", "How many of the latest alerts are looked at", ReadLimit) { Form = "N", Default = "100" };

    private static readonly ReportColumn[] All =
    [
        new("id", ColumnType.Text, "The alert's id") { ForPeople = v => ((string)v!)[..ShownIdLength] },
        new("raised_at", ColumnType.Moment, "When it was raised") { Heading = "raised" },
        new("kind", ColumnType.Text, "Kind of alert"),
        new("subject", ColumnType.Text, "What it is about") { View = ColumnView.Programs },
        new("occasion", ColumnType.Text, "Which occasion; one is raised once") { View = ColumnView.Programs },
        new("title", ColumnType.Text, "What happened, in a sentence") { Heading = "what happened" },
        new("advice", ColumnType.Text, "What to do") { View = ColumnView.Programs },
        new("channel", ColumnType.Text, "The channel of the delivery; null if none takes it"),
        new("state", ColumnType.Text, "waiting, delivered or given_up") { View = ColumnView.Programs },
        ReportColumn.Derive("state", Words),
        new("tries", ColumnType.Count, "Deliveries that were tried") { View = ColumnView.Programs },
        new("age_seconds", ColumnType.Count, "From raising to delivery, or to now") { View = ColumnView.Programs },
        new("next_at", ColumnType.Moment, "When it is tried again") { View = ColumnView.Programs },
        new("delivered_at", ColumnType.Moment, "When it was delivered") { View = ColumnView.Programs },
        new("error", ColumnType.Text, "Why the last try failed") { View = ColumnView.Programs },
        new("facts", ColumnType.Text, "Figures of the alert as NAME=VALUE, with semicolons between") { View = ColumnView.Programs },
    ];

    public override string Name => "alerts";

    public override string Summary => "List alerts, newest first, and whether each was delivered";

    public override string Help => """
        There is a line for each channel that takes an alert: delivered, waiting (with its tries, its age and the last
        error), or given up after a week.

        Examples:
          sluice alerts list
          sluice alerts list --state given_up
          sluice alerts list --kind budget --format json
        """;

    public override IReadOnlyList<ReportColumn> Columns => All;

    public override bool NamesModels => false;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [State, Kind, Limit];

    protected override Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var (state, kind) = (question.Get(State), question.Get(Kind));
        var rows = new List<object?[]>();
        foreach (var kept in Read(sources, question.Get(Limit)).Where(a => kind is null || a.Alert.Kind.Name() == kind))
        {
            var deliveries = kept.Deliveries.Count == 0 ? [null] : kept.Deliveries.Cast<Delivery?>();
            rows.AddRange(deliveries.Where(d => state is null || (d is not null && StateName(d.State) == state)).Select(d => Row(kept, d, question.Clock.Now)));
        }
        return Task.FromResult(new ReportTable(All) { Rows = rows });
    }

    private static IReadOnlyList<KeptAlert> Read(ReportSources sources, int most)
    {
        if (sources.Live is { } live)
            return live.Alerts.Store.List(most);
        if (!AlertStore.Exists(sources.DataDirectory))
            return [];
        using var store = AlertStores.Open(sources.DataDirectory, NullLogger.Instance);
        return store.List(most);
    }

    private static object?[] Row(KeptAlert kept, Delivery? delivery, DateTimeOffset now)
    {
        var alert = kept.Alert;
        var age = (long)Math.Max(0, ((delivery?.DeliveredAt ?? now) - kept.RaisedAt).TotalSeconds);
        return
        [
            kept.Id, kept.RaisedAt, alert.Kind.Name(), alert.Subject, alert.Occasion, alert.Title, alert.Advice, delivery?.Channel,
            delivery is null ? null : StateName(delivery.State), delivery?.Tries, age, delivery?.NextAt, delivery?.DeliveredAt, delivery?.Error,
            string.Join(';', alert.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")),
        ];
    }

    private static object? Words(ReportRow row)
    {
        var (state, tries, age) = ((string?)row["state"], row["tries"], row["age_seconds"]);
        return state switch
        {
            null => "no channel takes it",
            "waiting" when tries is 0 => string.Create(CultureInfo.InvariantCulture, $"waiting for {age} s"),
            "waiting" => string.Create(CultureInfo.InvariantCulture, $"waiting for {age} s, {tries} tries: {row["error"]}"),
            "given_up" => string.Create(CultureInfo.InvariantCulture, $"given up after {tries} tries: {row["error"]}"),
            _ => state,
        };
    }

    private static string StateName(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => "waiting",
        DeliveryState.Delivered => "delivered",
        DeliveryState.GivenUp => "given_up",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    private static int ReadLimit(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return DefaultMost;
        return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostAlerts
            ? limit
            : throw new ReportMistakeException($"limit '{Core.PlainText.Of(words[0])}' must be a whole number from 1 to {MostAlerts}.");
    }
}
