using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Upkeep;

/// <summary>Compares the sums of each span with those of its records, which come in the order in which they started. It keeps one span of each width.</summary>
internal sealed class SumCheck : IDisposable
{
    private readonly Dictionary<CallGroup, long> _groups = [];
    private readonly Dictionary<string, long> _tagSets = new(StringComparer.Ordinal);
    private readonly List<string> _differences = [];
    private readonly List<Width> _widths;
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _starts;

    /// <param name="connection">The database, in one transaction throughout.</param>
    /// <param name="keptSince">Microseconds since 1970: records from before may be gone, so that a span that begins before can't be checked.</param>
    public SumCheck(SqliteConnection connection, long keptSince)
    {
        ReadGroups(connection);
        var quarters = Facts.Read(connection, Facts.QuartersSince) ?? long.MinValue;
        var kept = keptSince == long.MinValue ? long.MinValue : Quarters.AtOrAfter(DateTimeOffset.UnixEpoch.AddMicroseconds(keptSince));
        _widths = [.. Quarters.Widths.Select(w => new Width(w, w == 1 ? Math.Max(kept, quarters) : kept))];
        _select = connection.CreateCommand();
        _select.CommandText = "SELECT group_id, sums FROM sums WHERE width = $width AND start = $start";
        _starts = connection.CreateCommand();
        _starts.CommandText = "SELECT DISTINCT start FROM sums WHERE width = $width AND start >= $first";
    }

    public void Add(InvocationRecord record)
    {
        var quarter = Quarters.Of(record.StartedAt);
        var group = CallGroup.Of(record, _tagSets.GetValueOrDefault(TagSets.Text(record.Tags), -1));
        if (!_groups.TryGetValue(group, out var id))
            _groups[group] = id = -1 - _groups.Count;
        foreach (var width in _widths)
        {
            var start = Quarters.Start(quarter, width.Quarters);
            if (start != width.Start)
                Compare(width);
            width.Start = start;
            ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(width.Sums, id, out _);
            (sums ??= new CallSums()).Add(record);
        }
    }

    /// <summary>What differs, in words.</summary>
    public IReadOnlyList<string> Finish()
    {
        foreach (var width in _widths)
        {
            Compare(width);
            _starts.Parameters.Clear();
            _starts.Parameters.AddWithValue("$width", width.Quarters);
            _starts.Parameters.AddWithValue("$first", width.First);
            using var reader = _starts.ExecuteReader();
            while (reader.Read())
            {
                if (!width.Seen.Contains(reader.GetInt64(0)))
                    _differences.Add($"the sums of {Name(width, reader.GetInt64(0))} are not those of its invocations: it has none");
            }
        }
        return _differences;
    }

    public void Dispose()
    {
        _select.Dispose();
        _starts.Dispose();
    }

    private void Compare(Width width)
    {
        if (width.Start is { } start && start >= width.First)
        {
            width.Seen.Add(start);
            _select.Parameters.Clear();
            _select.Parameters.AddWithValue("$width", width.Quarters);
            _select.Parameters.AddWithValue("$start", start);
            var isSame = true;
            using (var reader = _select.ExecuteReader())
            {
                while (reader.Read())
                    isSame &= width.Sums.Remove(reader.GetInt64(0), out var sums) && reader[1] is byte[] held && sums.ToBytes().AsSpan().SequenceEqual(held);
            }
            if (!isSame)
                _differences.Add($"the sums of {Name(width, start)} are not those of its invocations");
            if (width.Sums.Count > 0)
                _differences.Add($"the sums of {Name(width, start)} are missing for {width.Sums.Count} groups of calls");
        }
        width.Sums.Clear();
    }

    private static string Name(Width width, long start) => $"{Quarters.TimeOf(start):yyyy-MM-ddTHH:mm} and {TimeSpan.FromMinutes(15 * width.Quarters).TotalHours:0.##} h from then";

    private void ReadGroups(SqliteConnection connection)
    {
        using var sets = connection.CreateCommand();
        sets.CommandText = "SELECT tags, id FROM tag_sets";
        using (var reader = sets.ExecuteReader())
        {
            while (reader.Read())
                _tagSets[reader.GetString(0)] = reader.GetInt64(1);
        }
        using var groups = connection.CreateCommand();
        groups.CommandText = "SELECT key_id, tag_set, operation, model, region, scope, tier, outcome, error, status, doubt, id FROM call_groups";
        using var group = groups.ExecuteReader();
        while (group.Read())
        {
            var key = new CallGroup(
                group.GetString(0), group.GetInt64(1), group.GetString(2), group.GetString(3), group.GetString(4), group.GetString(5), group.GetString(6),
                group.GetString(7), group.GetString(8), group.GetString(9), (CallDoubt)group.GetInt64(10));
            _groups[key] = group.GetInt64(11);
        }
    }

    /// <summary>The span of one width that records are being added to.</summary>
    private sealed class Width(long quarters, long first)
    {
        public long Quarters { get; } = quarters;

        /// <summary>Spans that begin before it are not checked.</summary>
        public long First { get; } = first;

        public long? Start { get; set; }

        public Dictionary<long, CallSums> Sums { get; } = [];

        public HashSet<long> Seen { get; } = [];
    }
}
