using Sluice.Commands.Replay;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Lab.Replays.Playing;
using Sluice.Output;

namespace Sluice.Tests.Commands.Replay;

public sealed class CallReplayTests
{
    private const int Calls = 240;

    private static readonly LeverSettings Off = new();

    private static readonly LeverSettings AllOn = new() { ControlShare = 0, Default = new LeverOptions { Place = new PlaceOptions { AnyRegion = true } }.WithAll(LeverMode.On) };

    [Fact]
    public async Task WithoutLeversItCostsToTheLastDigitWhatTheSimulatorBilled()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, Calls);
        var result = await ReplayAsync(traffic.Bodies, Off);

        Assert.Equal(Calls, result.All.Calls);
        Assert.Equal(0, result.All.UnknownCalls);
        Assert.Equal(traffic.BillUsd, result.All.Old.Usd);
        Assert.Equal(traffic.BillUsd, result.All.New.Usd);
        Assert.Equal(traffic.BillUsd, result.ByApp.Values.Sum(app => app.New.Usd));
        Assert.Empty(result.Levers);
    }

    [Fact]
    public async Task WithEveryLeverItCostsAboutWhatTheSameTrafficCostsLive()
    {
        using var plain = await KeptTraffic.PlayAsync(Off, Calls);
        using var live = await KeptTraffic.PlayAsync(AllOn, Calls);
        var result = await ReplayAsync(plain.Bodies, AllOn);

        Assert.True(live.BillUsd < 0.7m * plain.BillUsd);
        // What trimming takes out is estimated, and so is how a prompt's tokens spread over its blocks.
        TestContext.Current.SendDiagnosticMessage($"replayed {result.All.New} USD, live {live.BillUsd} USD");
        Assert.InRange(result.All.New.Usd / live.BillUsd, 0.97m, 1.03m);
        Assert.Equal(result.All.Savings.Saved, result.Levers.Aggregate(Core.Money.Zero, (sum, lever) => sum + (lever.Saving ?? Core.Money.Zero)));
    }

    [Fact]
    public async Task LeversThatChangeNoCountsAreReplayedToTheLastDigit()
    {
        var exact = new LeverSettings
        {
            ControlShare = 0,
            Default = new LeverOptions { Place = new PlaceOptions { AnyRegion = true } }.With(Lever.Recall, LeverMode.On).With(Lever.Place, LeverMode.On),
        };
        using var plain = await KeptTraffic.PlayAsync(Off, Calls);
        using var live = await KeptTraffic.PlayAsync(exact, Calls);
        var result = await ReplayAsync(plain.Bodies, exact);

        Assert.True(result.Lever("recall")!.Calls > 0);
        Assert.Equal(live.BillUsd, result.All.New.Usd);
    }

    [Fact]
    public async Task ARecordingMadeWithLeversIsReplayedAsItsCallersSentIt()
    {
        using var live = await KeptTraffic.PlayAsync(AllOn, Calls);
        using var plain = await KeptTraffic.PlayAsync(Off, Calls);
        var result = await ReplayAsync(live.Bodies, Off);

        Assert.Equal(live.BillUsd, result.All.Old.Usd);
        Assert.InRange(result.All.New.Usd / plain.BillUsd, 0.97m, 1.03m);
    }

    [Fact]
    public async Task ALedgerWithoutBodiesTellsPlacingAndSaysWhatItDoesNotTell()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, 60);
        var same = await ReplayAsync(traffic.Data, Off);
        var placed = await ReplayAsync(traffic.Data, AllOn);

        Assert.Equal(traffic.BillUsd, same.All.New.Usd);
        Assert.True(placed.Lever("place")!.Saving > Core.Money.Zero);
        // Current Claude costs a tenth more by a geography's profile than by the global one; Nova 1 has no global one.
        var chat = placed.ByApp["chat"];
        Assert.Equal(chat.Old.Usd / 1.1m, chat.New.Usd, 10);
        foreach (var lever in (ReadOnlySpan<string>)["trim", "recall", "coalesce", "mark"])
        {
            Assert.Null(placed.Lever(lever)!.Saving);
            Assert.StartsWith("not known", placed.Lever(lever)!.Note, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task JsonKeepsItsFields()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, 30);
        var result = await ReplayAsync(traffic.Bodies, AllOn);
        using var output = new StringWriter();
        CallReplayReport.Write(output, result, OutputFormat.Json, TimeSpan.FromSeconds(1));
        var json = System.Text.Json.Nodes.JsonNode.Parse(output.ToString())!.AsObject();

        Assert.Equal(
            ["input", "requests", "unknown_requests", "kept_requests", "prices", "old_usd", "new_usd", "new_to_old_ratio", "baseline_usd", "cost_usd", "cost_ratio", "input_cost_ratio", "reserved_ratio", "levers", "apps", "tasks"],
            json.Select(p => p.Key));
        Assert.Equal(["calls", "saving_usd", "cost_ratio", "input_cost_ratio", "note"], json["levers"]!["mark"]!.AsObject().Select(p => p.Key));
        Assert.Equal(["calls", "unknown_calls", "old_usd", "new_usd", "new_to_old_ratio"], json["apps"]!["chat"]!.AsObject().Select(p => p.Key));
        Assert.Null(json["levers"]!["coalesce"]!["saving_usd"]);
    }

    [Fact]
    public async Task ARecordingIsForItsOwnerAlone()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, 6);
        var file = Assert.Single(Directory.GetFiles(traffic.Bodies, "*.json.gz", SearchOption.AllDirectories));

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(traffic.Bodies));
        }
    }

    [Fact]
    public async Task TwoReplaysOfOneRecordingAreTheSame()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, 60);
        var (first, second) = (await ReplayAsync(traffic.Bodies, AllOn), await ReplayAsync(traffic.Bodies, AllOn));

        Assert.Equal(first.All.New, second.All.New);
        Assert.Equal(first.Levers, second.Levers);
    }

    [Fact]
    public async Task CallsInFlightTogetherShareAnAttemptAsTheyWouldHave()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, 1);
        var start = new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
        var file = traffic.File("overlap.json");
        // Three of the same within the 0.9 seconds that each took, and one after them.
        await File.WriteAllLinesAsync(file, new[] { 0.0, 0.2, 0.5, 1.5 }.Select(s => SettingSearchTests.Line(start.AddSeconds(s), "same", "Answer.", "What is the fee?", 0, 1_000)), TestContext.Current.CancellationToken);
        var coalesced = await ReplayAsync(file, new LeverSettings { Default = new LeverOptions().With(Lever.Coalesce, LeverMode.On) });

        Assert.Equal(2, coalesced.Lever("coalesce")!.Calls);
        Assert.Equal(coalesced.All.Old.Usd / 2, coalesced.All.New.Usd);
    }

    [Fact]
    public async Task AModelWithoutAPriceIsNamedAndInNoSum()
    {
        using var traffic = await KeptTraffic.PlayAsync(Off, 1);
        var file = traffic.File("unknown.json");
        var line = SettingSearchTests.Line(new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero), "a", "Answer.", "What?", 0, 1_000);
        await File.WriteAllLinesAsync(file, [line, line.Replace("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "nobody.knows-v1:0", StringComparison.Ordinal)], TestContext.Current.CancellationToken);
        var result = await ReplayAsync(file, Off);

        Assert.Equal((2, 1), (result.All.Calls, result.All.UnknownCalls));
        Assert.Equal($"{file}:2", result.Unpriced["nobody.knows-v1:0"].FirstPlace);
        Assert.Equal(0.00495m, result.All.New.Usd);
    }

    internal static async Task<CallReplayResult> ReplayAsync(string path, LeverSettings levers)
    {
        using var open = await ReplayInput.OpenAsync(path, ReplayInput.KindOf(path), _ => { }, TestContext.Current.CancellationToken);
        using var pipelines = new GatewayPipelines(new SluiceOptions());
        return new CallReplay(pipelines.Make, PriceBook.Default, new Dictionary<string, string>(StringComparer.Ordinal), "us-east-1")
            .Run(open.Recording, levers, cancellationToken: TestContext.Current.CancellationToken);
    }
}
