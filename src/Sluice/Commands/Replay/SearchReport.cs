using System.Text;
using System.Text.Json;
using Sluice.Lab.Replays.Searching;
using Sluice.Output;

namespace Sluice.Commands.Replay;

/// <summary>What a search found: the frontier, and the best setting of each app.</summary>
internal static class SearchReport
{
    public static void Write(TextWriter output, SearchResult result, OutputFormat format, TimeSpan elapsed)
    {
        switch (format)
        {
            case OutputFormat.Json: WriteJson(output, result); break;
            case OutputFormat.Csv: Rows(result).Write(output, OutputFormat.Csv); break;
            default: WriteTables(output, result, elapsed); break;
        }
    }

    private static void WriteTables(TextWriter output, SearchResult result, TimeSpan elapsed)
    {
        output.WriteLine("The least that these calls would cost, by what is given up for it (each line with those above it):");
        var frontier = new Listing("given up", "cost_usd", "saving_usd", "cost_ratio");
        frontier.Add("as recorded", result.Old, Core.Money.Zero, 1m);
        foreach (var point in result.Frontier)
            frontier.Add(point.GivesUp.InWords() + (point.GivesUp == result.Allowed ? " <- allowed" : ""), point.Cost, result.Old - point.Cost, ReplayJson.Ratio(point.Cost, result.Old));
        frontier.Write(output, OutputFormat.Table);

        output.WriteLine($"The best settings that give up no more than is allowed ({result.Allowed.Name()}; --allow says otherwise):");
        var apps = new Listing("app", "calls", "old_usd", "saving_usd", "cost_ratio", "levers");
        foreach (var app in result.Apps.OrderByDescending(a => a.Old - a.New))
            apps.Add(app.App.Length == 0 ? "(none)" : app.App, app.Calls, app.Old, app.Old - app.New, ReplayJson.Ratio(app.New, app.Old), LeversYaml.InWords(app.Options));
        apps.Write(output, OutputFormat.Table);
        if (result.UnknownCalls > 0)
            output.WriteLine($"Of {result.UnknownCalls:#,0} calls the cost is not known; they had no say.");
        output.WriteLine($"{result.Passes} replays of {result.Calls:#,0} calls in {elapsed.TotalSeconds:0.0} s. --yaml prints the settings as sluice.yaml has them.");
    }

    private static Listing Rows(SearchResult result)
    {
        var rows = new Listing("kind", "name", "calls", "old_usd", "new_usd", "saving_usd", "cost_ratio", "levers");
        foreach (var point in result.Frontier)
            rows.Add("frontier", point.GivesUp.Name(), result.Calls, result.Old, point.Cost, result.Old - point.Cost, ReplayJson.Ratio(point.Cost, result.Old), null);
        foreach (var app in result.Apps)
            rows.Add("app", app.App, app.Calls, app.Old, app.New, app.Old - app.New, ReplayJson.Ratio(app.New, app.Old), LeversYaml.InWords(app.Options));
        return rows;
    }

    private static void WriteJson(TextWriter output, SearchResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("requests", result.Calls);
            json.WriteNumber("unknown_requests", result.UnknownCalls);
            json.WriteString("old_usd", result.Old.ToString());
            json.WriteString("allowed", result.Allowed.Name());
            json.WriteStartArray("frontier");
            foreach (var point in result.Frontier)
            {
                json.WriteStartObject();
                json.WriteString("gives_up", point.GivesUp.Name());
                json.WriteString("cost_usd", point.Cost.ToString());
                json.WriteString("saving_usd", (result.Old - point.Cost).ToString());
                ReplayJson.WriteRatio(json, "cost_ratio", point.Cost, result.Old);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartObject("apps");
            foreach (var app in result.Apps)
            {
                json.WriteStartObject(app.App);
                json.WriteNumber("calls", app.Calls);
                json.WriteString("old_usd", app.Old.ToString());
                json.WriteString("new_usd", app.New.ToString());
                json.WriteString("saving_usd", (app.Old - app.New).ToString());
                ReplayJson.WriteRatio(json, "cost_ratio", app.New, app.Old);
                json.WriteString("levers", LeversYaml.InWords(app.Options));
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteString("yaml", LeversYaml.Of(result.Apps));
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
