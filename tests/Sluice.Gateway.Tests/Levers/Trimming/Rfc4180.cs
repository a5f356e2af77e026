using System.Text;

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>A strict reader of RFC 4180 with line feeds: a quotation mark in a plain field, or one that is never closed, is an error.</summary>
internal static class Rfc4180
{
    public static List<string[]> Parse(string csv)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        for (var at = 0; at <= csv.Length; at++)
        {
            var field = new StringBuilder();
            if (at < csv.Length && csv[at] == '"')
            {
                for (at++; csv[at] != '"' || (at + 1 < csv.Length && csv[at + 1] == '"'); at++)
                    field.Append(csv[at] == '"' ? csv[at++] : csv[at]);
                at++;
            }
            else
            {
                for (; at < csv.Length && csv[at] is not (',' or '\n'); at++)
                    field.Append(csv[at] != '"' ? csv[at] : throw new FormatException($"A quotation mark at {at} in a plain field."));
            }
            row.Add(field.ToString());
            if (at < csv.Length && csv[at] == ',')
                continue;
            if (at < csv.Length && csv[at] != '\n')
                throw new FormatException($"'{csv[at]}' at {at} behind a closing quotation mark.");
            if (at < csv.Length || row.Count > 1 || row[0].Length > 0 || csv[^1] == '"')
                rows.Add([.. row]);
            row.Clear();
        }
        return rows;
    }
}
