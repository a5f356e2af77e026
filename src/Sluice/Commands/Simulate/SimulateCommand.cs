using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Sluice.Simulator;

namespace Sluice.Commands.Simulate;

/// <summary><c>sluice simulate</c>: the Bedrock simulator on its own, until it is interrupted.</summary>
public static class SimulateCommand
{
    public static Command Create()
    {
        var urls = new Option<string[]>("--urls")
        {
            Description = "Addresses to listen on, with semicolons between; port 0 takes a free port.",
            DefaultValueFactory = _ => ["http://127.0.0.1:8089"],
        };
        var seed = new Option<int?>("--seed") { Description = "The same seed and requests give the same replies, ids and faults; without one, ids and faults differ from start to start." };
        var speed = new Option<double>("--speed") { Description = "What latencies are multiplied with: 0 for none, 1 for those of real models.", DefaultValueFactory = _ => 0 };
        var recordings = new Option<string?>("--recordings") { Description = "JSON lines of {\"prompt\":..., \"outputs\":{model id: text}}, plain or gzip." };
        var log = new Option<string?>("--log") { Description = "File to append one JSON line to for each request." };
        var bill = new Option<string?>("--bill") { Description = "File to keep the bill in, as a CUR 2.0 CSV." };
        var fault = new Option<string?>("--fault") { Description = "Chances of faults, such as throttle=0.02,cut=0.01; see docs/simulator.md." };
        var quota = new Option<long?>("--tokens-per-minute") { Description = "Token quota for each model; none by default." };
        var region = new Option<string>("--region") { Description = "Region of requests that name none.", DefaultValueFactory = _ => "us-east-1" };
        var credentials = new Option<SimulatedCredential[]>("--credential")
        {
            Description = "KEYID:SECRET of an access key; with one or more, each signature is verified. Repeatable.",
            HelpName = "KEYID:SECRET",
            CustomParser = result => [.. result.Tokens.Select(token => token.Value.Split(':', 2)).Select(parts =>
            {
                if (parts is not [{ Length: > 0 }, { Length: > 0 }])
                    result.AddError("--credential: write the id of an access key and its secret with a colon between.");
                return new SimulatedCredential(parts[0], parts[^1]);
            })],
        };
        var tokens = new Option<string[]>("--bearer-token") { Description = "A Bedrock API key that is taken; with one or more, callers have to prove who they are. Repeatable." };
        speed.Validators.Add(result =>
        {
            // What isn't a number at all is reported by the parser itself.
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value is not (>= 0 and <= 100))
                result.AddError($"--speed {token.Value} isn't between 0 and 100; 0 means no latency, 1 that of real models.");
        });
        fault.Validators.Add(result =>
        {
            try
            {
                FaultRates.Parse(result.GetValueOrDefault<string>() ?? "");
            }
            catch (FormatException e)
            {
                result.AddError(e.Message);
            }
        });

        var command = new Command("simulate", "Runs a simulator of Amazon Bedrock that keeps its own bill.") { urls, seed, speed, recordings, log, bill, fault, quota, region, credentials, tokens };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new SimulatorOptions
            {
                Urls = [.. parsed.GetRequiredValue(urls).SelectMany(value => value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
                Seed = parsed.GetValue(seed),
                Speed = parsed.GetValue(speed),
                RecordingsPath = parsed.GetValue(recordings),
                LogPath = parsed.GetValue(log),
                BillPath = parsed.GetValue(bill),
                Faults = FaultRates.Parse(parsed.GetValue(fault) ?? ""),
                TokensPerMinute = parsed.GetValue(quota),
                Region = parsed.GetRequiredValue(region),
                Credentials = [.. parsed.GetValue(credentials) ?? []],
                BearerTokens = [.. parsed.GetValue(tokens) ?? []],
            },
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(SimulatorOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            await using var simulator = await SimulatorHost.StartAsync(options, cancellationToken: stop.Token);
            foreach (var address in simulator.Addresses)
                await output.WriteLineAsync($"The simulator listens on {address.AbsoluteUri.TrimEnd('/')}");
            await output.FlushAsync(stop.Token);
            await Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await simulator.StopAsync();
            await output.WriteLineAsync($"Stopped after {simulator.Bill.Calls} billed calls for ${simulator.Bill.TotalUsd:0.######}.");
            return 0;
        }
        catch (SimulatorStartException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.CouldNotRun;
        }

        void Stop(PosixSignalContext signal)
        {
            // The process ends when the simulator has stopped and its bill is written, not before.
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
