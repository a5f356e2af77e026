using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Output;

namespace Sluice.Reports;

/// <summary>Writes answers as JSON, in one shape for every report.</summary>
internal static class ReportJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(ReportQuestion question, ReportTable table)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
            Write(json, question, table);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ReportQuestion question, ReportTable table)
    {
        json.WriteStartObject();
        json.WriteString("report", question.Report.Name);
        json.WriteStartObject("parameters");
        foreach (var (name, value) in question.Resolved)
            Member(json, name, Counted(table, name, value));
        json.WriteEndObject();
        json.WriteString("basis", table.Basis);
        if (table.CostBasis is not null)
            json.WriteString("cost_basis", table.CostBasis);
        json.WriteString("currency", table.Currency);
        Member(json, "from", table.From);
        Member(json, "to", table.To);
        Member(json, "complete_until", table.CompleteUntil);
        json.WriteString("time_zone", question.Clock.Zone.Id);
        CatalogJson.Columns(json, table.Columns);
        Rows(json, "rows", table.Columns, table.Rows);
        Rows(json, "totals", table.Columns, table.Totals.Select(t => t.Values));
        foreach (var (name, value) in table.Facts)
            Member(json, name, value);
        foreach (var section in table.Sections)
            Rows(json, section.Name, section.Table.Columns, section.Table.Rows);
        json.WriteStartArray("notes");
        foreach (var note in table.Notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteString("next_cursor", table.NextCursor);
        json.WriteEndObject();
    }

    private static object? Counted(ReportTable table, string name, object? said)
    {
        foreach (var (resolved, value) in table.Resolved)
        {
            if (resolved == name)
                return value;
        }
        return said;
    }

    private static void Rows(Utf8JsonWriter json, string name, IReadOnlyList<ReportColumn> columns, IEnumerable<object?[]> rows)
    {
        (int Place, string Name)[] shown = [.. columns.Where(c => c.IsStored).Index().Where(c => c.Item.IsForPrograms).Select(c => (c.Index, c.Item.Name))];
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            foreach (var (place, column) in shown)
                Member(json, column, row[place]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Member(Utf8JsonWriter json, string name, object? value)
    {
        json.WritePropertyName(name);
        Value(json, value);
    }

    private static void Value(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case long or int: json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case double: json.WriteNullValue(); break;
            case string[] words:
                json.WriteStartArray();
                foreach (var word in words)
                    json.WriteStringValue(word);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(ExactText.Of(value)); break;
        }
    }
}
