using CsvHelper;
using Microsoft.Data.Sqlite;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports;

/// <summary>Brings bills into the store, one file at a time: all of a file or nothing of it.</summary>
public sealed class BillImporter(CostStore store, TimeProvider time)
{
    private const int ShownRows = 10;
    private const int RowsBetweenReports = 20_000;

    /// <param name="path">A file: plain, gzip or zip.</param>
    /// <param name="source">What it is, or null to find out from its header.</param>
    /// <param name="progress">Told now and then; null for nobody.</param>
    /// <exception cref="ImportException">The file can't be imported; the store is as it was.</exception>
    public ImportResult Import(string path, BillSource? source = null, Action<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var file = new BillFile(path);
        try
        {
            using var writer = store.Begin(path);
            var run = new Run(file, path, writer, progress, time);
            foreach (var (name, content) in file.Parts())
                run.Read(name, content, source, cancellationToken);
            return run.Finish();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ImportException($"'{path}' is damaged or cut off ({e.Message}); get it again. Nothing of it was imported.", e);
        }
        catch (CsvFormatException e)
        {
            throw new ImportException($"'{path}', line {e.LineNumber}: {e.Message} Nothing of it was imported.", e);
        }
        catch (SqliteException e)
        {
            throw new ImportException($"The cost store could not take '{path}': {e.Message} Nothing of it was imported.", e);
        }
        catch (IOException e)
        {
            throw new ImportException($"'{path}' can't be read to its end: {e.Message} Nothing of it was imported.", e);
        }
    }

    /// <summary>The import of one file.</summary>
    private sealed class Run(BillFile file, string path, CostWriter writer, Action<ImportProgress>? progress, TimeProvider time)
    {
        private readonly List<RowSetAside> _shown = [];
        private readonly List<string> _warnings = [];
        private readonly Dictionary<long, (CostFacet Facet, long Rows, decimal Billed)> _sums = [];
        private readonly long _started = time.GetTimestamp();
        private BillSource _source;
        private long _rows, _setAside;

        public void Read(string name, Stream content, BillSource? said, CancellationToken cancellationToken)
        {
            using var table = new BillTable(content, BillFormats.Normalise, (line, reason) => SetAside(name, line, reason));
            var format = BillFormats.Detect(table, name, said);
            _source = format.Source;
            _warnings.AddRange(format.Warnings.Except(_warnings, StringComparer.Ordinal));
            var kept = _rows;
            while (table.Read())
            {
                if (format.ReadAmounts(out var amounts) is { } fault)
                    SetAside(name, table.LineNumber, fault);
                else
                    Keep(format, name, table.LineNumber, amounts);
                if (_rows % RowsBetweenReports == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Report();
                }
            }
            if (_rows == kept && _setAside > 0)
                throw new ImportException($"'{name}': not one of its rows can be read, the first at line {_shown[0].Line}: {_shown[0].Reason}. Nothing of it was imported.");
        }

        public ImportResult Finish()
        {
            var (added, restated) = writer.Commit(_source, _rows, _setAside);
            Report();
            var sums = _sums.Values;
            return new ImportResult
            {
                File = path,
                Source = _source,
                Rows = _rows,
                NewCharges = added,
                RestatedCharges = restated,
                SetAside = _setAside,
                SetAsideRows = _shown,
                Warnings = _warnings,
                Services = [.. sums.GroupBy(s => (s.Facet.Service, s.Facet.Currency, s.Facet.IsGenerativeAi))
                    .Select(g => new ServiceTotal(g.Key.Service, g.Key.Currency, g.Key.IsGenerativeAi, g.Sum(s => s.Rows), g.Sum(s => s.Billed)))
                    .OrderByDescending(s => s.Billed).ThenBy(s => s.Service, StringComparer.Ordinal)],
                Unknown = [.. sums.Where(s => s.Facet.Unknown.Length > 0)
                    .GroupBy(s => (s.Facet.Service, s.Facet.UsageType, s.Facet.Unknown, s.Facet.Currency))
                    .Select(g => new UnknownUsage(g.Key.Service, g.Key.UsageType, g.Key.Unknown, g.Key.Currency, g.Sum(s => s.Rows), g.Sum(s => s.Billed)))
                    .OrderByDescending(u => u.Billed).ThenBy(u => u.UsageType, StringComparer.Ordinal)],
            };
        }

        private void Keep(IBillFormat format, string name, long line, in CostAmounts amounts)
        {
            var (id, facet) = writer.FacetOf(format);
            try
            {
                writer.Add(id, facet.UnitFactor, amounts);
            }
            catch (OverflowException)
            {
                SetAside(name, line, "an amount is too large to be one");
                return;
            }
            _rows++;
            ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_sums, writer.GroupOf(id, facet), out _);
            sum = (sum.Facet ?? facet, sum.Rows + 1, sum.Billed + (amounts.Billed ?? 0));
        }

        private void SetAside(string name, long line, string reason)
        {
            _setAside++;
            if (_shown.Count < ShownRows)
                _shown.Add(new RowSetAside(name, line, reason));
            writer.SetAside(name, line, reason);
        }

        private void Report() => progress?.Invoke(new ImportProgress(_rows, file.Length == 0 ? 1 : (double)file.Position / file.Length, time.GetElapsedTime(_started)));
    }
}
