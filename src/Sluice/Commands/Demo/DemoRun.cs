using System.Text;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Hosting;
using Sluice.Ledger.Queries;
using Sluice.Output;
using Spectre.Console;

namespace Sluice.Commands.Demo;

/// <summary>Plays the scripted day and shows what it cost.</summary>
internal sealed class DemoRun(TextWriter output, int seed, string? keepIn)
{
    /// <summary>A day in about twenty seconds.</summary>
    private const double ClockFactor = 86_400 / 20.0;

    private const int Callers = 8;
    private const int DaysPerMonth = 30;

    private static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var temporary = keepIn is null ? Directory.CreateTempSubdirectory("sluice-demo-") : null;
        try
        {
            return await RunAsync(keepIn ?? temporary!.FullName, cancellationToken);
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private async Task<int> RunAsync(string data, CancellationToken cancellationToken)
    {
        var calls = new DemoDay(seed).Calls();
        // Limits of the accelerated clock pass within milliseconds of the wall's, so they are set out of reach.
        var defaults = new SluiceOptions();
        var options = defaults with
        {
            Urls = ["http://127.0.0.1:0"],
            DataDirectory = data,
            Upstreams = [defaults.Upstreams[0] with { IdleLimit = TimeSpan.FromDays(20), DrainLimit = TimeSpan.FromDays(20) }],
            Simulator = defaults.Simulator with { Seed = seed },
        };
        var settings = new HostSettings { Time = new AcceleratedTime(Day, ClockFactor), LogLevel = LogLevel.Error };

        await output.WriteLineAsync("A day of a financial-services customer: ticket triage, document extraction, customer chat");
        await output.WriteLineAsync("with a long system prompt and nightly summaries, everything on one large model.");
        await output.WriteLineAsync($"{calls.Count:#,0} calls over real sockets, SDK to gateway to a simulator of Bedrock; each stands for {DemoDay.CallsPerCall}.");
        await output.WriteLineAsync();

        await using var host = await GatewayHost.StartAsync(options, settings, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        await PlayAsync(host, calls, settings.Time, cancellationToken);
        await host.Ledger.FlushAsync(cancellationToken);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;

        using var reader = await LedgerReader.OpenAsync(data, TimeProvider.System, cancellationToken);
        var byApp = reader.Spend(new SpendQuery { GroupBy = ["app"] });
        await ShowAsync("Cost by application", ["app"], byApp);
        await ShowAsync("Cost by model", ["model", "scope"], reader.Spend(new SpendQuery { GroupBy = ["model", "scope"] }));
        await ShowAsync("Cost by kind of token", ["kind"], reader.Spend(new SpendQuery { GroupBy = ["kind"] }));

        var day = SpendListing.Sum(byApp).Cost;
        var month = Money.FromUsd(day.Usd * DemoDay.CallsPerCall * DaysPerMonth);
        await output.WriteLineAsync($"The day as played costs {Listing.ForPeople(day)} USD. With each call standing for {DemoDay.CallsPerCall}, a month of {DaysPerMonth} such days");
        await output.WriteLineAsync($"costs {Listing.ForPeople(month)} USD.");
        await output.WriteLineAsync();
        return await CheckAsync(host, reader, calls.Count, day, seconds);
    }

    private async Task PlayAsync(GatewayHost host, IReadOnlyList<DemoCall> calls, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Addresses[0]), Timeout = Timeout.InfiniteTimeSpan };
        await ProgressLine.ForAsync(output, "Playing the day", calls.Count, async advance =>
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
        SpendListing.ForPeople(groupBy, rows).Write(output, OutputFormat.Table);
    }

    /// <summary>Holds the ledger against what the simulator counted and priced for itself.</summary>
    private async Task<int> CheckAsync(GatewayHost host, LedgerReader reader, int calls, Money ledger, double seconds)
    {
        var bill = host.Simulator!.Bill.TotalUsd;
        var recorded = reader.Spend(new SpendQuery()).Sum(r => r.Calls);
        var difference = ledger.Usd - bill;
        await output.WriteLineAsync($"Played in {seconds:0.0} s. Calls made {calls:#,0}, in the ledger {recorded:#,0}.");
        await output.WriteLineAsync($"Ledger {ledger.Usd:0.000000} USD, the simulator's own bill {bill:0.000000} USD, difference {difference:0.000000} USD.");
        var agrees = recorded == calls && Math.Abs(difference) < 0.005m;
        await output.WriteLineAsync(agrees ? "The books agree to the cent." : "The books do NOT agree.");
        return agrees ? ExitCode.Ok : ExitCode.No;
    }
}
