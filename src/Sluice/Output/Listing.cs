using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Core;

namespace Sluice.Output;

/// <summary>
/// The rows of a listing, written for people or for programs. Names of columns are stable. A null is an empty field in a
/// table or CSV and null in JSON: what is not known never shows as 0.
/// </summary>
internal sealed class Listing(params string[] columns)
{
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<object?[]> _rows = [];
    private readonly Dictionary<int, int[]> _totals = [];

    public void Add(params object?[] values)
    {
        if (values.Length != columns.Length)
            throw new ArgumentException($"A row of {values.Length} values does not fit {columns.Length} columns.", nameof(values));
        _rows.Add(values);
    }

    /// <summary>A row that sums those before it, or some of them; what a table shows of them adds up to it.</summary>
    /// <param name="sums">Which rows it sums, if not all of them.</param>
    /// <param name="ofTotals">Whether the rows that it sums may be totals themselves.</param>
    public void AddTotal(object?[] values, Predicate<object?[]>? sums = null, bool ofTotals = false)
    {
        int[] members = [.. Enumerable.Range(0, _rows.Count).Where(i => (ofTotals || !_totals.ContainsKey(i)) && (sums is null || sums(_rows[i])))];
        Add(values);
        _totals[_rows.Count - 1] = members;
    }

    /// <summary>A row that sums those with the numbers given, which count from 0.</summary>
    public void AddTotal(object?[] values, IReadOnlySet<int> sums)
    {
        int[] members = [.. sums.Where(i => !_totals.ContainsKey(i)).Order()];
        Add(values);
        _totals[_rows.Count - 1] = members;
    }

    /// <param name="single">In JSON, the one row as an object rather than a list.</param>
    /// <param name="wide">In a table, whole ids and every column, however long the lines become.</param>
    public void Write(TextWriter output, OutputFormat format, bool single = false, bool wide = false)
    {
        switch (format)
        {
            case OutputFormat.Csv: WriteCsv(output); break;
            case OutputFormat.Json: WriteJson(output, single); break;
            default: WriteTable(output, wide); break;
        }
    }

    private void WriteTable(TextWriter output, bool wide)
    {
        if (_rows.Count == 0)
        {
            output.WriteLine("Nothing to list.");
            return;
        }
        var table = columns.Select((name, i) => ColumnText.Of(name, [.. _rows.Select(r => r[i])], _totals, wide));
        TableLayout.Write(output, [.. table], wide ? null : Terminal.WidthOf(output));
    }

    private void WriteCsv(TextWriter output) =>
        Terminal.WriteCsv(output, columns, _rows.Select(r => r.Select(v => (string?)ExactText.Of(v)).ToArray()));

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
            default: json.WriteString(name, ExactText.Of(value)); break;
        }
    }

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
