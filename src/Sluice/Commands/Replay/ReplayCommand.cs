using System.CommandLine;
using Sluice.Bedrock.Operations;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Hosting;
using Sluice.Lab.Replays;
using Sluice.Lab.Replays.Playing;
using Sluice.Lab.Replays.Searching;
using Sluice.Lab.Replays.Traces;
using Sluice.Output;

namespace Sluice.Commands.Replay;

/// <summary><c>sluice replay</c>: what recorded traffic would have cost under other settings, at no cost.</summary>
public static class ReplayCommand
{
    public static Command Create()
    {
        var recording = new Argument<string>("recording") { Description = "A ledger (its directory, its database, or the JSON lines of 'sluice ledger export'); model-invocation logs of Bedrock or of recording.bodies (a file, a folder, or s3://bucket/prefix; plain or gzip); or a trace (Mooncake or agent JSON lines, or Azure's CSV). What it is shows in its content." };
        var config = new Option<string?>("--config") { Description = "The configuration whose levers are replayed. Default: every lever at its defaults." };
        var model = CommonOptions.Model("The model that a trace's calls are priced for, since it names none.");
        var reads = new Option<string?>("--readable") { Description = "For traces. blocks: a cached prompt is read up to any block, as published simulations have it; points: where cache points stand, as AWS documents. Default: blocks for traces of hashed blocks, else points." };
        reads.AcceptOnlyFromAmong("blocks", "points");
        var search = new Option<bool>("--search") { Description = "Try the settings that matter for each app, and print what is the least that the calls would cost by what is given up for it." };
        var allow = new Option<string?>("--allow") { Description = "For --search, the most that the proposed settings give up, each with those before it: nothing, form, residency, latency or freshness. Default: form, or what --config lets calls do." };
        allow.AcceptOnlyFromAmong([.. GivenUps.All.Select(g => g.Name())]);
        var yaml = new Option<bool>("--yaml") { Description = "For --search, print the proposed settings alone, as sluice.yaml has them." };
        var format = CommonOptions.Format();
        var command = new Command("replay", """
            Say what recorded traffic would have cost under other settings. It runs through the gateway's own pipeline, levers and
            price book, in the order and at the times in which
            it came, and compare what it cost with what it would have cost. Nothing is sent and nothing is billed.

            Examples:
              sluice replay ./sluice-data --config new.yaml
              sluice replay bodies/ --config new.yaml --format json
              sluice replay s3://my-logs/AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/
              sluice replay bodies/ --search
              sluice replay bodies/ --search --allow latency --yaml > levers.yaml
              sluice replay conversation_trace.jsonl
              sluice replay AzureLLMInferenceTrace_conv.csv --model us.anthropic.claude-haiku-4-5-20251001-v1:0
            """)
        { recording, config, model, reads, search, allow, yaml, format };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(search) && (result.GetValue(allow) is not null || result.GetValue(yaml)))
                result.AddError("--allow and --yaml are for --search; add it, or leave them out.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = CommonOptions.LeversOf(parsed.GetValue(config));
            var path = parsed.GetValue(recording)!;
            try
            {
                var kind = ReplayInput.KindOf(path);
                if (kind != ReplayInputKind.Trace)
                {
                    var asked = parsed.GetValue(search) ? Allowed(parsed.GetValue(allow), options.Levers.Default, parsed.GetValue(config) is not null) : (GivenUp?)null;
                    return await ReplayCallsAsync(path, kind, options, asked, parsed.GetValue(yaml), parsed.GetValue(format), cancellationToken);
                }
                else if (parsed.GetValue(search))
                {
                    throw new CouldNotRunException($"'{path}' is a trace, which has no apps and no texts to search settings for; give --search a ledger or invocation logs.");
                }
                else
                {
                    ReplayTrace(path, options, parsed.GetValue(model)!, parsed.GetValue(reads), parsed.GetValue(format));
                }
                return ExitCode.Ok;
            }
            catch (Exception e) when (e is TraceException or InvalidOperationException or ArgumentException)
            {
                throw new CouldNotRunException(e.Message, e);
            }
        });
        return command;
    }

    private static async Task<int> ReplayCallsAsync(string path, ReplayInputKind kind, SluiceOptions options, GivenUp? allowed, bool yaml, OutputFormat format, CancellationToken cancellationToken)
    {
        var progress = new ReplayProgress(Console.Error, TimeProvider.System);
        using var open = await ReplayInput.OpenAsync(path, kind, progress.Read, cancellationToken);
        using var pipelines = new GatewayPipelines(options);
        var replay = new CallReplay(pipelines.Make, PriceBooks.Of(options.Prices), options.Models, OptionsReader.DefaultRegion());
        var count = open.Recording.Count;
        if (allowed is not { } most)
        {
            var result = replay.Run(open.Recording, options.Levers, () => progress.Played(count), cancellationToken);
            CallReplayReport.Write(Console.Out, result, format, progress.Elapsed);
            foreach (var (model, unpriced) in result.Unpriced)
                Console.Error.WriteLine($"{unpriced.FirstPlace}: {unpriced.Calls:#,0} calls of '{model}' have {(unpriced.IsUncounted ? "no counts, neither beside the bodies nor in the reply" : "no price; name the model behind it under 'models', or give a price with prices.file")}.");
            return result.All.Calls > 0 && result.All.UnknownCalls == result.All.Calls ? ExitCode.No : ExitCode.Ok;
        }
        var found = new SettingSearch(replay, open.Recording, options.Levers.Default).Run(most, () => progress.Played(count * SettingSearch.MostPasses), cancellationToken);
        if (yaml)
            Console.Write(LeversYaml.Of(found.Apps));
        else
            SearchReport.Write(Console.Out, found, format, progress.Elapsed);
        return ExitCode.Ok;
    }

    /// <summary>What the owner said on the command line, else what the configuration lets calls do already.</summary>
    private static GivenUp Allowed(string? named, LeverOptions levers, bool isConfigured) =>
        named is not null ? GivenUps.All.First(g => g.Name() == named)
        : !isConfigured ? GivenUp.Form
        : levers.Recall.Sampled || levers.Coalesce.Sampled ? GivenUp.Freshness
        : levers.Place is { Tier: not null } or { StandardLatency: true } ? GivenUp.Latency
        : levers.Place.AnyRegion ? GivenUp.Residency
        : GivenUp.Form;

    private static void ReplayTrace(string path, SluiceOptions options, string model, string? readable, OutputFormat format)
    {
        var named = ModelIdentifier.Parse(model);
        var identity = new PriceIdentity { Model = named.BaseModel ?? named.Raw, Region = named.Region ?? OptionsReader.DefaultRegion(), Profile = named.Profile };
        var (form, requests) = TraceFile.Read(path);
        var readsBlocks = (readable ?? (form == TraceForm.Mooncake ? "blocks" : "points")) == "blocks";
        var result = new TraceReplay(PriceBooks.Of(options.Prices), identity, options.Levers.Default, TimeProvider.System.GetUtcNow()).Run(requests, readsBlocks);
        Write(result, format);
    }

    private static void Write(ReplayResult result, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            ReplayJson.Write(Console.Out, result);
            return;
        }
        var table = new Listing("lever", "calls", "saving_usd", "cost_ratio", "note");
        foreach (var lever in result.Levers)
            table.Add(lever.Lever, lever.Calls, lever.Saving, lever.Saving is { } saving ? ReplayJson.Ratio(result.Baseline - saving, result.Baseline) : null, lever.Note);
        table.Add("all", result.Requests, result.Baseline - result.Cost, ReplayJson.Ratio(result.Cost, result.Baseline), null);
        table.Write(Console.Out, format);
        if (format != OutputFormat.Table)
            return;
        Console.WriteLine($"{result.Requests:#,0} requests: {Listing.ForPeople(result.Baseline)} USD without levers, {Listing.ForPeople(result.Cost)} USD with them; of it input {Listing.ForPeople(result.InputBaseline)} and {Listing.ForPeople(result.InputCost)} USD ({ReplayJson.Ratio(result.InputCost, result.InputBaseline):0.000} of it).");
        if (result.ReservedRatio is { } reserved)
            Console.WriteLine($"Quota reserved by limits of tokens: {reserved:0.000} of what a limit of 4,096 for every call reserves.");
    }
}
