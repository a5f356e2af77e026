using CsvHelper;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Databricks;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;
using Sluice.Insights.Store.Deliveries;

namespace Sluice.Insights.Imports;

/// <summary>Brings bills into the store, one delivery at a time: all of its files or nothing of them.</summary>
public sealed class BillImporter(CostStore store, TimeProvider time)
{
    private const int ShownRows = 10;
    private const int RowsBetweenReports = 20_000;

    /// <summary>Where files are read from; tests put their own bucket here.</summary>
    internal Func<BillPlaces> Places { get; init; } = () => new BillPlaces();

    /// <summary>The files that paths mean: names with <c>*</c>, and addresses of S3 that end in a slash.</summary>
    /// <exception cref="ImportException">A path means no file.</exception>
    public IReadOnlyList<string> Expand(IEnumerable<string> paths)
    {
        using var places = Places();
        return places.Expand(paths);
    }

    /// <param name="path">A file or an object of S3: plain, gzip or zip, or the manifest of a report.</param>
    /// <param name="source">What it is, or null to find out.</param>
    /// <param name="progress">Told now and then; null for nobody.</param>
    /// <exception cref="ImportException">The file can't be imported; the store is as it was.</exception>
    public ImportResult Import(string path, BillSource? source = null, Action<ImportProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Import([path], new ImportOptions { Source = source }, progress, cancellationToken);

    /// <summary>Imports files as one delivery: rows of theirs that differ in their amounts alone add up.</summary>
    /// <exception cref="ImportException">One of them can't be imported; the store is as it was.</exception>
    public ImportResult Import(IReadOnlyList<string> paths, ImportOptions options, Action<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var places = Places();
        var isManifest = paths is [var only] && CurManifest.IsManifest(only);
        var files = isManifest ? CurManifest.Read(paths[0], places) : paths;
        var name = files.Count == 1 || isManifest ? paths[0] : $"{paths[0]} and {paths.Count - 1} more";
        var prices = options.ListPrices is null ? null : ListPrices.Read(options.ListPrices, places);
        var current = name;
        var notes = new DeliveryNotes();
        Dictionary<string, FieldSpelling>? spellings = null;
        try
        {
            // Nothing of what was read is in the store before all of it is, so it can be read again with what the first time told.
            while (true)
            {
                try
                {
                    return Read();
                }
                catch (SpellingUnprovenException) when (spellings is null)
                {
                    spellings = Survey(files, options, prices, places, cancellationToken);
                }
                catch (ImportAgainException)
                {
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new ImportException($"'{current}' is damaged or cut off ({e.Message}); get it again. Nothing of it was imported.", e);
        }
        catch (CsvFormatException e)
        {
            throw new ImportException($"'{current}', line {e.LineNumber}: {e.Message} Nothing of it was imported.", e);
        }
        catch (SqliteException e)
        {
            throw new ImportException($"The cost store could not take '{current}': {e.Message} Nothing of it was imported.", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ImportException($"'{current}' can't be read to its end: {e.Message} Nothing of it was imported.", e);
        }

        ImportResult Read()
        {
            using var writer = store.Begin(name, options.ReplacePeriod || isManifest, notes);
            var run = new Run(name, files.Count, writer, prices, notes, progress, time);
            foreach (var path in files)
            {
                current = path;
                // One file that is no chunk is compared with nothing.
                using var file = new BillFile(path, places, isHashed: files.Count > 1 || CanBeOneOfSeveral(path));
                run.Begin(file);
                foreach (var (part, content) in file.Parts())
                {
                    if (!run.IsRepeated(part))
                        run.Read(part, content, options.Source, spellings?[part] ?? FieldSpelling.Of(part, options), cancellationToken);
                }
                run.End();
            }
            return run.Finish(options.Span);
        }
    }

    /// <summary>How each part of some files spells its fields, by what all of it proves.</summary>
    /// <exception cref="ImportException">One of them proves nothing, or two things at once.</exception>
    private static Dictionary<string, FieldSpelling> Survey(IReadOnlyList<string> files, ImportOptions options, ListPrices? prices, BillPlaces places, CancellationToken cancellationToken)
    {
        var spellings = new Dictionary<string, FieldSpelling>(StringComparer.Ordinal);
        foreach (var path in files)
        {
            using var file = new BillFile(path, places);
            foreach (var (part, content) in file.Parts())
            {
                var survey = FieldSpelling.Survey(part, options);
                var (format, owned) = BillFormats.Open(content, part, options.Source, prices, survey, (_, _) => { });
                using var _ = owned;
                var seen = new HashSet<UInt128>();
                for (long row = 1; format.Read(); row++)
                {
                    format.ReadAmounts(out var _);
                    // What a row is for has days too, such as the month of its bill.
                    if (seen.Add(format.Identity()))
                        format.Describe();
                    if (row % RowsBetweenReports == 0)
                        cancellationToken.ThrowIfCancellationRequested();
                }
                spellings[part] = survey.Decide();
            }
        }
        return spellings;
    }

    /// <summary>Whether a path's parts may be chunks, or say the same as each other.</summary>
    private static bool CanBeOneOfSeveral(string path) =>
        ChunkName.Of(path) is not null || !Array.Exists((string[])[".csv", ".csv.gz", ".json", ".json.gz"], e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));

    /// <summary>Files as deliveries, each to be imported at once: chunks of the same name in the same place are one, any other is by itself.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Deliveries(IEnumerable<string> files) =>
        [.. files.GroupBy(f => ChunkName.Of(f) is { } chunk ? (f[..(f.LastIndexOfAny(['/', '\\']) + 1)], chunk.Stem) : (f, "")).Select(g => (IReadOnlyList<string>)[.. g])];

    /// <summary>One import.</summary>
    private sealed class Run(string name, int files, CostWriter writer, ListPrices? prices, DeliveryNotes notes, Action<ImportProgress>? progress, TimeProvider time)
    {
        private readonly List<RowSetAside> _shown = [];
        private readonly List<string> _warnings = [];
        private readonly Dictionary<string, (long Rows, decimal Billed)> _unreadable = new(StringComparer.Ordinal);
        private readonly Dictionary<long, (CostFacet Facet, long Rows, decimal? Billed)> _sums = [];
        private readonly long _started = time.GetTimestamp();
        private BillFile? _file;
        private BillSource _source;
        private long _rows, _known, _setAside;
        private int _filesRead;
        private (long Place, bool IsNew) _record;

        public void Begin(BillFile file) => _file = file;

        public void Read(string part, PeekedStream content, BillSource? said, FieldSpelling spelling, CancellationToken cancellationToken)
        {
            var (format, owned) = BillFormats.Open(content, part, said, prices, spelling, (line, reason) => SetAside(part, line, reason));
            using var _ = owned;
            _record = default;
            var (read, setAside) = (_rows + _known, _setAside);
            var any = format.Read();
            ChunkName? chunk = any && format.Key is null ? ChunkName.Of(part) : null;
            writer.BeginPart(part, chunk, chunk is null ? null : format.Describe());
            for (long row = 1; any; row++, any = format.Read())
            {
                if ((format.ReadAmounts(out var amounts) ?? amounts.Backwards) is { } fault)
                    SetAside(part, format.LineNumber, fault);
                else
                    Keep(format, part, amounts);
                if (row % RowsBetweenReports == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Report();
                }
            }
            if (_file!.IsHashed && _file.TakeContent() is { } told)
                writer.EndPart(part, chunk, told);
            _source = format.Source;
            _warnings.AddRange(format.Warnings.Except(_warnings, StringComparer.Ordinal));
            if (_rows + _known == read && _setAside > setAside && _shown.FindLast(s => s.Place == part) is { } bad)
                throw new ImportException($"'{part}': not one of its rows can be read, such as line {bad.Line}: {bad.Reason}. Nothing of it was imported.");
        }

        /// <summary>Whether a part says what another one does, and is passed over.</summary>
        public bool IsRepeated(string part)
        {
            if (!notes.Repeated.TryGetValue(part, out var same))
                return false;
            _warnings.Add($"'{part}' says what {(same.Contains(' ', StringComparison.Ordinal) ? same : $"'{same}'")} does, and was counted once");
            return true;
        }

        public void End()
        {
            _filesRead++;
            _warnings.AddRange(_file!.Notes);
        }

        public ImportResult Finish((DateTimeOffset From, DateTimeOffset To)? span)
        {
            var (added, restated, removed, once) = writer.Commit(_source, _rows, _setAside, span);
            _warnings.AddRange(once);
            _warnings.AddRange(_unreadable.OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => FormattableString.Invariant(
                $"{Counted.Of(u.Value.Rows, "row")} {Counted.Word(u.Value.Rows, "has", "have")} tags that can't be read ({Written(u.Value.Billed, u.Key)}); spend shows {Counted.Word(u.Value.Rows, "it", "them")} as {JsonTags.Unreadable}")));
            _warnings.AddRange(Credits());
            Report();
            var sums = _sums.Values;
            return new ImportResult
            {
                File = name,
                Source = _source,
                Rows = _rows,
                NewCharges = added,
                RestatedCharges = restated,
                RemovedCharges = removed,
                KnownRows = _known,
                SetAside = _setAside,
                SetAsideRows = _shown,
                Warnings = _warnings,
                Services = [.. sums.GroupBy(s => (s.Facet.Service, s.Facet.Currency, s.Facet.IsGenerativeAi))
                    .Select(g => new ServiceTotal(g.Key.Service, g.Key.Currency, g.Key.IsGenerativeAi, g.Sum(s => s.Rows), Billed(g.Select(s => s.Billed))))
                    .OrderByDescending(s => s.Billed).ThenBy(s => s.Service, StringComparer.Ordinal)],
                Unknown = [.. sums.Where(s => s.Facet.Unknown.Length > 0)
                    .GroupBy(s => (s.Facet.Service, s.Facet.UsageType, s.Facet.Unknown, s.Facet.Currency))
                    .Select(g => new UnknownUsage(g.Key.Service, g.Key.UsageType, g.Key.Unknown, g.Key.Currency, g.Sum(s => s.Rows), Billed(g.Select(s => s.Billed))))
                    .OrderByDescending(u => u.Billed).ThenBy(u => u.UsageType, StringComparer.Ordinal)],
            };
        }

        /// <summary>What stands beside each other in sums of generative AI that credits make smaller, or hide.</summary>
        private IEnumerable<string> Credits()
        {
            foreach (var money in _sums.Values.Where(s => s.Facet.IsGenerativeAi && s.Billed is not null).GroupBy(s => s.Facet.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var parts = money.GroupBy(s => s.Facet.ChargeCategory, StringComparer.Ordinal).Select(g => (Category: g.Key, Sum: g.Sum(s => s.Billed!.Value))).OrderByDescending(p => p.Sum).ToList();
                if (parts.Exists(p => CostFacet.IsCredit(p.Category)))
                    yield return $"The generative AI is the sum of {string.Join(", ", parts.Select(p => $"{p.Category} {Written(p.Sum, money.Key)}"))}; sluice spend --basis billed --by category shows them apart";
            }
        }

        private static string Written(decimal amount, string currency) => FormattableString.Invariant($"{amount:#,0.00##########} {(currency.Length > 0 ? currency : "without a currency")}");

        /// <summary>What no row tells is unknown, which is not 0.</summary>
        private static decimal? Billed(IEnumerable<decimal?> amounts) => amounts.Aggregate((sum, amount) => amount is null ? sum : (sum ?? 0) + amount);

        private void Keep(IBillFormat format, string part, in CostAmounts amounts)
        {
            var key = format.Key;
            if (key is { } record)
            {
                // A record's rows come one after the other, and share its fate.
                if (record.Place != _record.Place)
                    _record = (record.Place, writer.IsNew(record));
                if (!_record.IsNew)
                {
                    _known++;
                    return;
                }
            }
            var (id, facet) = writer.FacetOf(format);
            try
            {
                writer.Add(id, facet, amounts, format.LineNumber, addsUp: key is not null);
            }
            catch (OverflowException)
            {
                SetAside(part, format.LineNumber, "an amount is too large to be one");
                return;
            }
            _rows++;
            if (JsonTags.AreUnreadable(facet.Tags))
            {
                var told = _unreadable.GetValueOrDefault(facet.Currency);
                _unreadable[facet.Currency] = (told.Rows + 1, told.Billed + (amounts.Billed ?? amounts.Effective ?? 0));
            }
            ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_sums, writer.GroupOf(id, facet), out _);
            sum = (sum.Facet ?? facet, sum.Rows + 1, amounts.Billed is { } billed ? (sum.Billed ?? 0) + billed : sum.Billed);
        }

        private void SetAside(string part, long line, string reason)
        {
            _setAside++;
            if (_shown.Count < ShownRows)
                _shown.Add(new RowSetAside(part, line, reason));
            writer.SetAside(part, line, reason);
        }

        private void Report()
        {
            var ofFile = _file is { Length: > 0 } file && _filesRead < files ? (double)file.Position / file.Length : 0;
            progress?.Invoke(new ImportProgress(_rows + _known, (_filesRead + ofFile) / files, time.GetElapsedTime(_started)));
        }
    }
}
