using System.Globalization;
using System.Text;
using Sluice.Api;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Hosting;
using Sluice.Insights.Savings;
using Sluice.Ledger.Queries;
using Sluice.Output;
using Sluice.Reports;
using Sluice.Reports.Spending;

namespace Sluice.Commands.Demo;

/// <summary>Plays the scripted day and shows what it cost.</summary>
internal sealed class DemoRun(TextWriter output, int seed, string? keepIn)
{
    /// <summary>A day in about twenty seconds.</summary>
    private const double ClockFactor = 86_400 / 20.0;

    private string? _recordings;

    private const int Callers = 8;
    private const int DaysPerMonth = 30;

    private static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var temporary = keepIn is null ? Directory.CreateTempSubdirectory("sluice-demo-") : null;
        try
        {
            return await RunAsync(keepIn ?? Path.Combine(temporary!.FullName, "day"), cancellationToken);
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private async Task<int> RunAsync(string data, CancellationToken cancellationToken)
    {
        var script = new DemoDay(seed);
        var calls = script.Calls();
        Directory.CreateDirectory(data);
        _recordings = Path.Combine(data, "demo-answers.jsonl");
        await File.WriteAllLinesAsync(_recordings, script.Recordings(), cancellationToken);
        Terminal.WriteText(output, "A day of a financial-services customer: ticket triage, document extraction, customer chat with a long system prompt and nightly summaries, everything on one large model.");
        Terminal.WriteText(output, $"{calls.Count:#,0} calls over real sockets, SDK to gateway to a simulator of Bedrock; each stands for {DemoDay.CallsPerCall}.");
        await output.WriteLineAsync();

        var before = await PlayAsync("Playing the day as it is", data, new LeverSettings(), calls, cancellationToken);
        using (var reader = await LedgerReader.OpenAsync(data, TimeProvider.System, cancellationToken))
        {
            await ShowAsync("Cost by application", ["app"], reader.Spend(new SpendQuery { GroupBy = ["app"] }));
            await ShowAsync("Cost by model", ["model", "scope"], reader.Spend(new SpendQuery { GroupBy = ["model", "scope"] }));
            await ShowAsync("Cost by kind of token", ["kind"], reader.Spend(new SpendQuery { GroupBy = ["kind"] }));
        }
        Terminal.WriteText(output, $"The day as played costs {Listing.ForPeople(before.Cost)} USD. With each call standing for {DemoDay.CallsPerCall}, a month of {DaysPerMonth} such days costs {Listing.ForPeople(Month(before.Cost))} USD.");
        await output.WriteLineAsync();

        var after = await PlayAsync("Playing it again with levers", data + "-with-levers", Levers, calls, cancellationToken);
        await ShowWaterfallAsync(before, after);
        var agree = await CheckAsync("As it is", before, calls.Count) & await CheckAsync("With levers", after, calls.Count);
        return agree & await CompareAsync(before, after) ? ExitCode.Ok : ExitCode.No;
    }

    /// <summary>What the demo's customer allows: all levers, and global profiles, since none of its data has to stay in one geography.</summary>
    private static LeverSettings Levers => new()
    {
        Default = new LeverOptions { Place = new PlaceOptions { AnyRegion = true } }.WithAll(LeverMode.On),
        ControlShare = 0.02,
    };

    private static Money Month(Money day) => Money.FromUsd(day.Usd * DemoDay.CallsPerCall * DaysPerMonth);

    /// <summary>Plays the day once, and reads from ledger and simulator what it came to.</summary>
    private async Task<PlayedDay> PlayAsync(string title, string data, LeverSettings levers, IReadOnlyList<DemoCall> calls, CancellationToken cancellationToken)
    {
        // Limits of the accelerated clock pass within milliseconds of the wall's, so they are set out of reach.
        var defaults = new SluiceOptions();
        var options = defaults with
        {
            Urls = ["http://127.0.0.1:0"],
            DataDirectory = data,
            Upstreams = [defaults.Upstreams[0] with { IdleLimit = TimeSpan.FromDays(20), DrainLimit = TimeSpan.FromDays(20) }],
            Simulator = defaults.Simulator with { Seed = seed, Recordings = _recordings },
            Levers = levers,
            Log = new LogSettings { Level = LogLevel.Error },
        };
        var settings = new HostSettings { Api = ServerApi.Hosted, Time = new AcceleratedTime(Day, ClockFactor) };
        await using var host = await GatewayHost.StartAsync(options, settings, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        await PlayAsync(title, host, calls, settings.Time, cancellationToken);
        await host.Ledger.FlushAsync(cancellationToken);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        using var reader = await LedgerReader.OpenAsync(data, TimeProvider.System, cancellationToken);
        return new PlayedDay(SavingsSummary.Of(reader.Export(), tag: null), Money.FromUsd(host.Simulator!.Bill.TotalUsd), seconds);
    }

    private async Task PlayAsync(string title, GatewayHost host, IReadOnlyList<DemoCall> calls, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Addresses[0]), Timeout = Timeout.InfiniteTimeSpan };
        await ProgressLine.ForAsync(output, title, calls.Count, async advance =>
        {
            var next = -1;
            async Task CallAsync()
            {
                while (Interlocked.Increment(ref next) is var i && i < calls.Count)
                {
                    var wait = Day + calls[i].At - time.GetUtcNow();
                    if (wait > TimeSpan.Zero)
                        await Task.Delay(wait, time, cancellationToken);
                    await SendAsync(client, calls[i], cancellationToken);
                    advance();
                }
            }
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync()));
        });
    }

    private static async Task SendAsync(HttpClient client, DemoCall call, CancellationToken cancellationToken)
    {
        var operation = call.Streamed ? "converse-stream" : "converse";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/model/{Uri.EscapeDataString(DemoDay.Model)}/{operation}", UriKind.Relative))
        {
            Content = new StringContent(call.Body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("x-sluice-tag-app", call.App);
        request.Headers.Add("x-sluice-tag-team", call.Team);
        request.Headers.Add("x-sluice-tag-task", call.Task);
        using var reply = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!reply.IsSuccessStatusCode)
            throw new CouldNotRunException($"The simulator refused a call of the demo with {(int)reply.StatusCode}: {await reply.Content.ReadAsStringAsync(cancellationToken)}");
        await reply.Content.CopyToAsync(Stream.Null, cancellationToken);
    }

    private async Task ShowAsync(string title, IReadOnlyList<string> groupBy, IReadOnlyList<SpendRow> rows)
    {
        await output.WriteLineAsync(title);
        ReportText.WriteRows(output, LedgerSpend.Of(groupBy, rows), wide: false);
    }

    /// <summary>The month as it was, lever by lever, and as it is.</summary>
    private async Task ShowWaterfallAsync(PlayedDay before, PlayedDay after)
    {
        Terminal.WriteText(output, $"The month, lever by lever ({after.Tally.ControlCalls:#,0} of {after.Tally.Calls:#,0} calls are the control group, which no lever touches)");
        var table = new Listing("", "calls", "month USD", "share", "control shows (95 %)");
        var baseline = after.Tally.Baseline;
        var report = after.Book.Compare();
        table.Add("as the callers sent it", after.Tally.Calls, Month(baseline), "100.0 %", null);
        foreach (var lever in LeverNames.All)
        {
            if (after.Tally.Levers.GetValueOrDefault(lever.Name()) is { } saving)
                table.Add($"- {lever.Name()}", saving.Calls, Month(-saving.Saving), Share(-saving.Saving, baseline), Interval(report.Levers.FirstOrDefault(l => l.Lever == lever.Name())?.Measured));
        }
        table.AddTotal(["saved in all", after.Tally.Calls, Month(-after.Tally.Saved), Share(-after.Tally.Saved, baseline), Interval(report.All.Measured)], r => ((string)r[0]!).StartsWith('-'));
        table.AddTotal(["as it is with levers", after.Tally.Calls, Month(after.Cost), Share(after.Cost, baseline), null], r => r[0] is "as the callers sent it" or "saved in all", ofTotals: true);
        table.Write(output, OutputFormat.Table);
        Terminal.WriteText(output, $"\"As the callers sent it\" is reckoned from the second day's calls: for a prompt that trim shortened, the tokens it took out are estimated. The first day, measured, costs {Listing.ForPeople(Month(before.Cost))} USD a month.");
    }

    /// <summary>What the control group shows of a month's saving, which for a lever by itself takes the other levers at their word.</summary>
    private static string? Interval(UsdEstimate? day)
    {
        const double Month = DemoDay.CallsPerCall * DaysPerMonth;
        return day is { } usd ? string.Create(CultureInfo.InvariantCulture, $"{-usd.HighUsd * Month:#,0} to {-usd.LowUsd * Month:#,0}") : null;
    }

    private static string Share(Money part, Money whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole.Usd == 0 ? 0 : 100 * part.Usd / whole.Usd):0.0} %");

    /// <summary>Holds the ledger against what the simulator counted and priced for itself.</summary>
    private async Task<bool> CheckAsync(string title, PlayedDay day, int calls)
    {
        var difference = day.Cost.Usd - day.Bill.Usd;
        Terminal.WriteText(output, $"{title}: played in {day.Seconds:0.0} s; calls made {calls:#,0}, in the ledger {day.Tally.Calls:#,0}; ledger {day.Cost.Usd:0.000000} USD, the simulator's own bill {day.Bill.Usd:0.000000} USD, difference {difference:0.000000}.");
        return day.Tally.Calls == calls && day.Tally.UnknownCalls == 0 && Math.Abs(difference) < 0.005m;
    }

    /// <summary>Holds the savings that were claimed against the difference of the simulator's two bills.</summary>
    private async Task<bool> CompareAsync(PlayedDay before, PlayedDay after)
    {
        var billed = before.Bill.Usd - after.Bill.Usd;
        var claimed = after.Tally.Saved.Usd;
        var apart = billed == 0 ? 0 : Math.Abs(claimed - billed) / billed;
        Terminal.WriteText(output, $"Savings claimed {claimed:0.000000} USD, the two bills differ by {billed:0.000000} USD: {100 * apart:0.00} % apart.");
        await output.WriteLineAsync(apart <= 0.01m ? "The books agree." : "The books do NOT agree.");
        return apart <= 0.01m;
    }

    /// <summary>A day that was played.</summary>
    /// <param name="Bill">By the simulator, which counts for itself.</param>
    private sealed record PlayedDay(SavingsSummary Book, Money Bill, double Seconds)
    {
        public SavingsTally Tally => Book.All;

        public Money Cost => Tally.Cost;
    }
}
