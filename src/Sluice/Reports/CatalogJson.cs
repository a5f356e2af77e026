using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Reports;

/// <summary>The catalogue as JSON: what can be asked, with what, and what the columns mean.</summary>
internal static class CatalogJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(IReadOnlyList<Report> reports)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteStartArray("reports");
            foreach (var report in reports)
                Write(json, report);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>Name, type, unit and meaning of each column that JSON has.</summary>
    public static void Columns(Utf8JsonWriter json, IReadOnlyList<ReportColumn> columns)
    {
        json.WriteStartArray("columns");
        foreach (var column in columns.Where(c => c.IsForPrograms))
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type.Name());
            json.WriteString("unit", column.Type.Unit());
            json.WriteString("meaning", column.Meaning);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Report report)
    {
        json.WriteStartObject();
        json.WriteString("name", report.Name);
        json.WriteString("summary", report.Summary);
        json.WriteString("path", $"/api/reports/{report.Name}");
        json.WriteStartArray("parameters");
        foreach (var parameter in report.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", parameter.Name);
            json.WriteString("summary", parameter.Summary);
            json.WriteString("form", parameter.Form ?? (parameter.IsFlag ? "true|false" : null));
            json.WriteString("default", parameter.Default);
            json.WriteBoolean("repeatable", parameter.IsList);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Columns(json, report.Columns);
        json.WriteEndObject();
    }
}
