using CsvHelper;
using Sluice.Insights.Imports;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Store;

namespace Sluice.Insights.Conformance;

/// <summary>Holds a FOCUS file of any size to the rules of its version, in one pass and with little memory.</summary>
public sealed class FocusChecker
{
    private readonly FocusOptions _options;
    private readonly Findings _findings = new();
    private FocusVersion? _version;
    private long _rows;

    private FocusChecker(FocusOptions options) => (_options, _version) = (options, options.Version);

    /// <param name="path">CSV, plain, gzip or zip.</param>
    /// <param name="options">How to judge it.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="ImportException">The file can't be read, or is no FOCUS.</exception>
    public static FocusVerdict Check(string path, FocusOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var places = new BillPlaces();
        using var file = new BillFile(path, places);
        var checker = new FocusChecker(options ?? new FocusOptions());
        try
        {
            foreach (var (name, content) in file.Parts())
                checker.Read(name, content, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ImportException($"'{path}' is damaged or cut off ({e.Message}); get it again.", e);
        }
        catch (CsvFormatException e)
        {
            throw new ImportException($"'{path}', line {e.LineNumber}: {e.Message}", e);
        }
        return new FocusVerdict(checker._version!.Value, checker._options.Version is null, checker._rows, checker._findings.ByLine());
    }

    private void Read(string name, PeekedStream content, CancellationToken cancellationToken)
    {
        using var table = BillTable.Open(content, name, header => header, (line, reason) => _findings.Add(
            "row-malformed", "", false, line, "the row can't be read: " + reason, "give each row one value a column and double the quotation marks inside quoted ones"));
        if (!table.Headers.Any(FocusColumns.IsKnown))
            throw new ImportException($"'{name}', line 1: not one of its columns is FOCUS's; the header must have names such as BilledCost and ChargePeriodStart.");
        var version = _version ??= FocusVersions.Detect([.. table.Headers]);
        HeaderCheck.Check(table.Headers, version, _options.IsExcerpt, _findings);
        var row = new FocusRow(table);
        (FocusColumn Column, int At)[] columns = [.. FocusColumns.Of(version).Select(c => (c, table.Column(c.Name))).Where(c => c.Item2 >= 0)];
        FocusRule[] rules = [.. FocusRules.All.Where(r => r.AppliesTo(version, row.Has))];
        var parents = new ParentCheck(row, version);
        while (table.Read())
        {
            if (++_rows % 10_000 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            foreach (var (column, at) in columns)
            {
                if (ValueCheck.Check(column, table.Span(at), _options.IsExcerpt) is { } broken)
                    _findings.Add(broken.Id, column.Name, false, row.Line, Shown(broken.What, row.Text(column.Name)), broken.Fix);
            }
            foreach (var rule in rules)
            {
                if (rule.IsBroken(row))
                    _findings.Add(rule.Id, rule.Column, rule.IsAdvice, row.Line, Shown(rule.What, row.Text(rule.Column)), rule.Fix);
            }
            parents.Check(_findings);
        }
    }

    private static string Shown(string what, string value) => value.Length == 0 ? what : $"{what} ('{(value.Length > 40 ? value[..40] + "..." : value)}')";
}

/// <summary>How a file is judged.</summary>
public sealed record FocusOptions
{
    /// <summary>Null to find it out from the columns.</summary>
    public FocusVersion? Version { get; init; }

    /// <summary>
    /// The file is a table out of a document: it has the columns that make its point, and its amounts and days as a spreadsheet shows them. Missing columns and
    /// such spellings are no breaks then. A file can't tell this of itself.
    /// </summary>
    public bool IsExcerpt { get; init; }
}
