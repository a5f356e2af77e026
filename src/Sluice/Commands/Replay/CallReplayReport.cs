using System.Text;
using System.Text.Json;
using Sluice.Core;
using Sluice.Lab.Replays;
using Sluice.Lab.Replays.Playing;
using Sluice.Output;

namespace Sluice.Commands.Replay;

/// <summary>A replay of calls, old against new: in all, by lever, by app, by task.</summary>
internal static class CallReplayReport
{
    /// <summary>Groups that a table shows; CSV and JSON have all.</summary>
    private const int MaxRows = 20;

    public static void Write(TextWriter output, CallReplayResult result, OutputFormat format, TimeSpan elapsed)
    {
        switch (format)
        {
            case OutputFormat.Json: WriteJson(output, result); break;
            case OutputFormat.Csv: WriteCsv(output, result); break;
            default: WriteTables(output, result, elapsed); break;
        }
    }

    private static void WriteTables(TextWriter output, CallReplayResult result, TimeSpan elapsed)
    {
        var all = result.All;
        var levers = new Listing("lever", "calls", "saving_usd", "cost_ratio", "note");
        foreach (var lever in result.Levers)
            levers.Add(lever.Lever, lever.Calls, lever.Saving, Ratio(all.Savings.Baseline, lever), lever.Note);
        levers.Write(output, OutputFormat.Table);
        WriteGroups(output, "app", result.ByApp);
        WriteGroups(output, "task", result.ByTask);
        output.WriteLine($"{all.Calls:#,0} calls of {result.Form} from {result.From:yyyy-MM-dd HH:mm} to {result.To:yyyy-MM-dd HH:mm} UTC: old {Listing.ForPeople(all.Old)} USD, new {Listing.ForPeople(all.New)} USD ({ReplayJson.Ratio(all.New, all.Old):0.000} of it). By the replay's own count they cost {Listing.ForPeople(all.Savings.Baseline)} USD with no lever.");
        output.WriteLine($"Prices: {Prices(result)}.");
        if (all.UnknownCalls > 0)
            output.WriteLine($"Of {all.UnknownCalls:#,0} calls the cost is not known, for want of a price or of counts; they are in no sum.");
        if (result.Kept > 0)
            output.WriteLine($"{result.Kept:#,0} calls can't be played (no body or counts, or a kind that no lever touches); they are taken to cost what they did.");
        if (result.ReservedRatio is { } reserved)
            output.WriteLine($"Quota reserved by limits of tokens: {reserved:0.000} of what the callers' limits reserve, 4,096 standing for none.");
        output.WriteLine($"Replayed in {elapsed.TotalSeconds:0.0} s, {all.Calls / Math.Max(0.001, elapsed.TotalSeconds):#,0} calls a second.");
    }

    private static void WriteGroups(TextWriter output, string by, IReadOnlyDictionary<string, CallGroup> groups)
    {
        if (groups.Count == 0 || (groups.Count == 1 && groups.ContainsKey("")))
            return;
        var table = new Listing(by, "calls", "old_usd", "new_usd", "cost_ratio");
        foreach (var (name, group) in groups.OrderByDescending(g => g.Value.Old).Take(MaxRows))
            table.Add(name.Length == 0 ? "(none)" : name, group.Calls, group.Old, group.New, ReplayJson.Ratio(group.New, group.Old));
        table.Write(output, OutputFormat.Table);
        if (groups.Count > MaxRows)
            output.WriteLine($"and {groups.Count - MaxRows:#,0} more; --format csv has them all");
    }

    private static void WriteCsv(TextWriter output, CallReplayResult result)
    {
        var rows = new Listing("by", "name", "calls", "unknown_calls", "old_usd", "new_usd", "saving_usd", "cost_ratio", "note");
        Add("all", "", result.All, Prices(result));
        foreach (var lever in result.Levers)
            rows.Add("lever", lever.Lever, lever.Calls, null, null, null, lever.Saving, Ratio(result.All.Savings.Baseline, lever), lever.Note);
        foreach (var (name, group) in result.ByApp)
            Add("app", name, group, null);
        foreach (var (name, group) in result.ByTask)
            Add("task", name, group, null);
        rows.Write(output, OutputFormat.Csv);

        void Add(string by, string name, CallGroup group, string? note) =>
            rows.Add(by, name, group.Calls, group.UnknownCalls, group.Old, group.New, group.Old - group.New, ReplayJson.Ratio(group.New, group.Old), note);
    }

    private static void WriteJson(TextWriter output, CallReplayResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            var all = result.All;
            json.WriteStartObject();
            json.WriteString("input", result.Form);
            json.WriteNumber("requests", all.Calls);
            json.WriteNumber("unknown_requests", all.UnknownCalls);
            json.WriteNumber("kept_requests", result.Kept);
            json.WriteString("prices", Prices(result));
            json.WriteString("old_usd", all.Old.ToString());
            json.WriteString("new_usd", all.New.ToString());
            ReplayJson.WriteRatio(json, "new_to_old_ratio", all.New, all.Old);
            json.WriteString("baseline_usd", all.Savings.Baseline.ToString());
            json.WriteString("cost_usd", all.Savings.Cost.ToString());
            ReplayJson.WriteRatio(json, "cost_ratio", all.Savings.Cost, all.Savings.Baseline);
            ReplayJson.WriteRatio(json, "input_cost_ratio", all.InputCost, all.InputBaseline);
            if (result.ReservedRatio is { } reserved)
                json.WriteNumber("reserved_ratio", Math.Round(reserved, 6));
            ReplayJson.WriteLevers(json, result.Levers, all.Savings.Baseline, all.InputBaseline);
            WriteGroups(json, "apps", result.ByApp);
            WriteGroups(json, "tasks", result.ByTask);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteGroups(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, CallGroup> groups)
    {
        json.WriteStartObject(name);
        foreach (var (key, group) in groups)
        {
            json.WriteStartObject(key);
            json.WriteNumber("calls", group.Calls);
            json.WriteNumber("unknown_calls", group.UnknownCalls);
            json.WriteString("old_usd", group.Old.ToString());
            json.WriteString("new_usd", group.New.ToString());
            ReplayJson.WriteRatio(json, "new_to_old_ratio", group.New, group.Old);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string Prices(CallReplayResult result) =>
        result.PricedWhenRecorded == 0 ? "both sides by the price book, on the day of each call"
        : result.PricedWhenRecorded == result.All.Calls ? "old as it was recorded; new by the price book, on the day of each call"
        : $"old as it was recorded for {result.PricedWhenRecorded:#,0} calls and by the price book for the others; new by the price book, on the day of each call";

    private static decimal? Ratio(Money baseline, ReplayedLever lever) => lever.Saving is { } saving ? ReplayJson.Ratio(baseline - saving, baseline) : null;
}
