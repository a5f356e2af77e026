using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Core;
using Spectre.Console;

namespace Sluice.Output;

/// <summary>
/// The rows of a listing, written for people or for programs. Names of columns are stable. A null is an empty field in a
/// table or CSV and null in JSON: what is not known never shows as 0.
/// </summary>
internal sealed class Listing(params string[] columns)
{
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<object?[]> _rows = [];

    public void Add(params object?[] values)
    {
        if (values.Length != columns.Length)
            throw new ArgumentException($"A row of {values.Length} values does not fit {columns.Length} columns.", nameof(values));
        _rows.Add(values);
    }

    /// <param name="single">In JSON, the one row as an object rather than a list.</param>
    public void Write(TextWriter output, OutputFormat format, bool single = false)
    {
        switch (format)
        {
            case OutputFormat.Csv: WriteCsv(output); break;
            case OutputFormat.Json: WriteJson(output, single); break;
            default: WriteTable(output); break;
        }
    }

    private void WriteTable(TextWriter output)
    {
        if (_rows.Count == 0)
        {
            output.WriteLine("Nothing to list.");
            return;
        }
        var table = Terminal.Table([.. columns.Select((name, i) => (name, IsNumber(i)))]);
        foreach (var row in _rows)
            table.AddRow([.. row.Select(v => Markup.Escape(ForPeople(v)))]);
        Terminal.For(output).Write(table);
    }

    private bool IsNumber(int column) =>
        _rows.TrueForAll(r => r[column] is null or long or int or decimal or double or Money or Amount) && _rows.Exists(r => r[column] is not null);

    private void WriteCsv(TextWriter output) =>
        Terminal.WriteCsv(output, columns, _rows.Select(r => r.Select(v => (string?)ForPrograms(v)).ToArray()));

    private void WriteJson(TextWriter output, bool single)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            if (!single)
                json.WriteStartArray();
            foreach (var row in _rows)
            {
                json.WriteStartObject();
                foreach (var (i, column) in columns.Index())
                    WriteJson(json, column, row[i]);
                json.WriteEndObject();
            }
            if (!single)
                json.WriteEndArray();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteJson(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case long or int: json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case double number: json.WriteNumber(name, number); break;
            // Money and exact quantities are strings, so that no reader rounds them.
            default: json.WriteString(name, ForPrograms(value)); break;
        }
    }

    private static string ForPrograms(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        decimal number => number.ToString("0.############", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string ForPeople(object? value) => value switch
    {
        null => "-",
        bool flag => flag ? "yes" : "no",
        long or int => Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString("#,0", CultureInfo.InvariantCulture),
        Money money => ForPeople(money),
        Amount amount => ForPeople(Money.FromUsd(amount.Value)),
        _ => ForPrograms(value),
    };

    /// <summary>Dollars with as many decimals as the amount needs to be told from 0.</summary>
    public static string ForPeople(Money money) => Math.Abs(money.Usd) switch
    {
        0 => "0.00",
        >= 0.1m => money.Usd.ToString("#,0.00", CultureInfo.InvariantCulture),
        >= 0.0001m => money.Usd.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => money.Usd.ToString("0.##########", CultureInfo.InvariantCulture),
    };
}

/// <summary>Money of a currency that stands beside it: programs get all its decimals, people as many as it needs to be told from 0.</summary>
internal readonly record struct Amount(decimal Value)
{
    public static object? Of(decimal? value) => value is { } known ? new Amount(known) : null;

    public override string ToString() => Value.ToString("0.############", CultureInfo.InvariantCulture);
}
