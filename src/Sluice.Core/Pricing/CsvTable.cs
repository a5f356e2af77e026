using System.Globalization;
using CsvHelper;
using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>
/// A CSV file with named columns, read line by line. Faults are collected rather than thrown, each with its line, column,
/// value and fix.
/// </summary>
internal sealed class CsvTable(string name, List<PriceFileError> errors)
{
    /// <summary>The lines below the header; empty where the header itself is at fault.</summary>
    public IEnumerable<Line> Read(TextReader text, params string[] columns)
    {
        var bad = new List<CsvMalformedRecord>();
        using var csv = CsvReader.Create(text, CsvReaderOptions.Default with
        {
            Separator = ',',
            // A quotation mark that is never closed then spoils one line instead of the rest of the file.
            AllowLineBreaksInQuotes = false,
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            MalformedData = CsvMalformedDataHandling.Skip,
            OnMalformedRecord = bad.Add,
            TrackLineNumbers = true,
            TrimWhitespace = true,
        }, leaveOpen: true);
        if (csv.Headers.Count == 0)
        {
            errors.Add(new($"{name}:1", "header", "", $"start the file with the line {string.Join(',', columns)}"));
            yield break;
        }
        if (!IsHeader([.. csv.Headers], columns))
            yield break;
        while (csv.Read())
            yield return new Line(csv, $"{name}:{csv.LineNumber}", errors);
        foreach (var record in bad)
        {
            errors.Add(new($"{name}:{record.LineNumber}", "line", "", record.Reason == CsvMalformedReason.FieldCountMismatch
                ? $"it doesn't have {columns.Length} values; put a value with a comma in quotation marks"
                : "its quotation marks don't pair up; double each one inside a quoted value"));
        }
    }

    private bool IsHeader(string[] header, string[] columns)
    {
        foreach (var missing in columns.Except(header, StringComparer.Ordinal))
            errors.Add(new($"{name}:1", "header", missing, "this column is missing; add it"));
        foreach (var unknown in header.Except(columns, StringComparer.Ordinal))
            errors.Add(new($"{name}:1", "header", unknown, $"no such column; the columns are {string.Join(',', columns)}"));
        foreach (var twice in header.GroupBy(h => h, StringComparer.Ordinal).Where(g => g.Count() > 1))
            errors.Add(new($"{name}:1", "header", twice.Key, "the column stands there twice; keep one"));
        return errors.Count == 0;
    }

    /// <summary>One line, with a reader for each form of value; a fault is noted and a harmless value returned in its place.</summary>
    internal sealed class Line(CsvReader csv, string place, List<PriceFileError> errors)
    {
        public string Place => place;

        public string Text(string column) => csv.GetString(column);

        public string? OptionalText(string column) => Text(column) is { Length: > 0 } text ? text : null;

        public string RequiredText(string column)
        {
            if (Text(column).Length == 0)
                Fail(column, "fill it in");
            return Text(column);
        }

        public string[] Words(string column) => Text(column).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        public bool YesOrBlank(string column)
        {
            var text = Text(column);
            if (text is not ("" or "yes"))
                Fail(column, "write yes, or leave it blank");
            return text == "yes";
        }

        public decimal Decimal(string column)
        {
            if (!decimal.TryParse(Text(column), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                Fail(column, "write a number of dollars or a factor such as 0.15, with no sign, exponent or thousands mark");
            return value;
        }

        public long Whole(string column, long blank, long atLeast)
        {
            if (Text(column).Length == 0 && blank >= atLeast)
                return blank;
            if (!long.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < atLeast)
                Fail(column, $"write a whole number of at least {atLeast}");
            return Math.Max(value, atLeast);
        }

        public DateOnly Date(string column)
        {
            if (!DateOnly.TryParseExact(Text(column), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                Fail(column, "write a day as 2026-11-21");
            return date;
        }

        public DateOnly? OptionalDate(string column) => Text(column).Length == 0 ? null : Date(column);

        public ServiceTier Tier(string column)
        {
            var text = Text(column);
            if (text.Length == 0)
                return ServiceTier.Default;
            if (!PriceNames.TryParseTier(text, out var tier))
                Fail(column, "write default, flex, priority, ultrafast or reserved, or leave it blank for default");
            return tier;
        }

        public UsageKind Kind(string column, string text)
        {
            if (!UsageKinds.TryParse(text, out var kind))
                Fail(column, $"write one of {string.Join(", ", UsageKinds.All.Select(k => k.Name()))}");
            return kind;
        }

        public void Fail(string column, string fix) => errors.Add(new(place, column, Text(column), fix));
    }
}
