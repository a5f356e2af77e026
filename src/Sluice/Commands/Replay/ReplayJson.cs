using System.Text;
using System.Text.Json;
using Sluice.Core;
using Sluice.Lab.Replays;

namespace Sluice.Commands.Replay;

/// <summary>A replay as one JSON object: in all, and by lever. Ratios are to no lever at all; money is a string of decimal digits.</summary>
internal static class ReplayJson
{
    public static void Write(TextWriter output, ReplayResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("requests", result.Requests);
            json.WriteString("baseline_usd", result.Baseline.ToString());
            json.WriteString("cost_usd", result.Cost.ToString());
            WriteRatio(json, "cost_ratio", result.Cost, result.Baseline);
            WriteRatio(json, "input_cost_ratio", result.InputCost, result.InputBaseline);
            if (result.ReservedRatio is { } reserved)
                json.WriteNumber("reserved_ratio", Math.Round(reserved, 6));
            WriteLevers(json, result.Levers, result.Baseline, result.InputBaseline);
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <summary>Each lever by its name; what is not known is null.</summary>
    public static void WriteLevers(Utf8JsonWriter json, IReadOnlyList<ReplayedLever> levers, Money baseline, Money inputBaseline)
    {
        json.WriteStartObject("levers");
        foreach (var lever in levers)
        {
            json.WriteStartObject(lever.Lever);
            json.WriteNumber("calls", lever.Calls);
            json.WriteString("saving_usd", lever.Saving?.ToString());
            WriteRatio(json, "cost_ratio", baseline - lever.Saving, baseline);
            // Elsewhere a saving is one of output too, and how much of it nobody can say.
            WriteRatio(json, "input_cost_ratio", IsOfInput(lever.Lever) || lever.Saving == Money.Zero ? inputBaseline - lever.Saving : null, inputBaseline);
            json.WriteString("note", lever.Note);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static bool IsOfInput(string lever) => lever is "mark" or "trim";

    /// <summary>Null where there is nothing to be a part of.</summary>
    public static decimal? Ratio(Money part, Money whole) => whole == Money.Zero ? null : decimal.Round(part.Usd / whole.Usd, 6);

    public static void WriteRatio(Utf8JsonWriter json, string name, Money? part, Money whole)
    {
        if (part is { } known && Ratio(known, whole) is { } ratio)
            json.WriteNumber(name, ratio);
        else
            json.WriteNull(name);
    }
}
