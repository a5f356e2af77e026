using System.CommandLine;
using Sluice.Bedrock.Operations;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Hosting;
using Sluice.Lab.Replays;
using Sluice.Lab.Replays.Traces;
using Sluice.Output;

namespace Sluice.Commands.Replay;

/// <summary><c>sluice replay</c>: what recorded traffic would have cost under other settings, at no cost.</summary>
public static class ReplayCommand
{
    public static Command Create()
    {
        var trace = new Argument<string>("trace") { Description = "A trace: Mooncake or agent JSON lines, or Azure's CSV; plain or gzip." };
        var config = new Option<string?>("--config") { Description = "The configuration whose levers are replayed. Default: every lever at its defaults." };
        var model = CommonOptions.Model("The model that the trace's calls are priced for, since it names none.");
        var reads = new Option<string?>("--readable") { Description = "blocks: a cached prompt is read up to any block, as published simulations have it; points: where cache points stand, as AWS documents. Default: blocks for traces of hashed blocks, else points." };
        reads.AcceptOnlyFromAmong("blocks", "points");
        var format = CommonOptions.Format();
        var command = new Command("replay", """
            Run recorded traffic through the levers' own policies against a virtual prompt cache and the price book, in the order
            and at the times in which it came, and compare with no lever at all. Nothing is sent and nothing is billed.

            Examples:
              sluice replay conversation_trace.jsonl
              sluice replay AzureLLMInferenceTrace_conv.csv --model us.anthropic.claude-haiku-4-5-20251001-v1:0
              sluice replay trace.jsonl.gz --config sluice.yaml --format json
            """)
        { trace, config, model, reads, format };
        command.SetAction(parsed =>
        {
            var options = CommonOptions.LeversOf(parsed.GetValue(config));
            var named = ModelIdentifier.Parse(parsed.GetValue(model)!);
            var identity = new PriceIdentity { Model = named.BaseModel ?? named.Raw, Region = named.Region ?? OptionsReader.DefaultRegion(), Profile = named.Profile };
            var (form, requests) = Read(parsed.GetValue(trace)!);
            var readsBlocks = (parsed.GetValue(reads) ?? (form == TraceForm.Mooncake ? "blocks" : "points")) == "blocks";
            ReplayResult result;
            try
            {
                result = new TraceReplay(PriceBooks.Of(options.Prices), identity, options.Levers.Default, TimeProvider.System.GetUtcNow()).Run(requests, readsBlocks);
            }
            catch (InvalidOperationException e)
            {
                throw new CouldNotRunException(e.Message, e);
            }
            Write(result, parsed.GetValue(format));
            return ExitCode.Ok;
        });
        return command;
    }

    private static (TraceForm Form, IReadOnlyList<TraceRequest> Requests) Read(string path)
    {
        try
        {
            return TraceFile.Read(path);
        }
        catch (TraceException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
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
            table.Add(lever.Lever, lever.Calls, lever.Saving, ReplayJson.Ratio(result.Baseline - lever.Saving, result.Baseline), lever.Note);
        table.Add("all", result.Requests, result.Baseline - result.Cost, ReplayJson.Ratio(result.Cost, result.Baseline), null);
        table.Write(Console.Out, format);
        if (format != OutputFormat.Table)
            return;
        Console.WriteLine($"{result.Requests:#,0} requests: {Listing.ForPeople(result.Baseline)} USD without levers, {Listing.ForPeople(result.Cost)} USD with them; of it input {Listing.ForPeople(result.InputBaseline)} and {Listing.ForPeople(result.InputCost)} USD ({ReplayJson.Ratio(result.InputCost, result.InputBaseline):0.000} of it).");
        if (result.ReservedRatio is { } reserved)
            Console.WriteLine($"Quota reserved by limits of tokens: {reserved:0.000} of what a limit of 4,096 for every call reserves.");
    }
}
