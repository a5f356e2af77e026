using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Sluice.Core;

namespace Sluice.Hosting.Logging;

/// <summary>A log for programs: one JSON object a line, with <c>time</c>, <c>level</c>, <c>category</c>, <c>event</c> and <c>message</c>, and the entry's own fields in snake_case.</summary>
internal sealed class JsonLines() : ConsoleFormatter(FormatName)
{
    public const string FormatName = "sluice-json";

    private static readonly HashSet<string> Own = ["time", "level", "category", "event", "message", "exception"];

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", LevelOf(entry.LogLevel));
            json.WriteString("category", entry.Category);
            json.WriteNumber("event", entry.EventId.Id);
            json.WriteString("message", PlainText.Of(entry.Formatter(entry.State, entry.Exception), TextLines.MaxLength));
            if (entry.Exception is { } exception)
                json.WriteString("exception", PlainText.Of(exception.ToString(), TextLines.MaxLength));
            if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> fields)
                WriteFields(json, fields);
            json.WriteEndObject();
        }
        writer.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> fields)
    {
        foreach (var (field, value) in fields)
        {
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(field);
            if (Own.Contains(name) || field == "{OriginalFormat}")
                continue;
            switch (value)
            {
                case null: json.WriteNull(name); break;
                case bool flag: json.WriteBoolean(name, flag); break;
                case int or long or short or byte: json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
                default: json.WriteString(name, PlainText.Of(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", TextLines.MaxLength)); break;
            }
        }
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };
}
