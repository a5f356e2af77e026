using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sluice.Core;

namespace Sluice.Insights.Store;

/// <summary>
/// The same usage told over periods of several lengths, as by the hour and by the day, is counted once. A later delivery's word stands where it
/// is about the whole of the longer period; otherwise what was there does. Charges of one delivery are never compared with each other.
/// </summary>
/// <param name="firstPart">From which on parts are of this import.</param>
internal sealed class Overlaps(SqliteConnection connection, long firstPart)
{
    /// <summary>The longest period whose charge may begin before the import's first: a month.</summary>
    private const long LongestSeconds = 32 * 86_400;

    private readonly Dictionary<long, Told> _told = [];
    private readonly Dictionary<int, (long First, long Last)> _spans = [];
    private readonly Dictionary<long, int> _ranks = [];

    /// <summary>Periods of one facet in this import.</summary>
    private struct Told
    {
        public long First, End, Length;

        /// <summary>Whether there are several lengths, from several deliveries.</summary>
        public bool IsMixed;
        public int Rank;
    }

    private readonly record struct Charge(long From, long To, int Rank)
    {
        public long Length => To - From;

        public bool Holds(in Charge other) => From <= other.From && To >= other.To;
    }

    public void BeginPart(long part, int rank) => _ranks[part] = rank;

    public void Add(in ChargeRow row, long facet)
    {
        var rank = _ranks.GetValueOrDefault(row.Part);
        ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(_spans, rank, out var hasSpan);
        span = hasSpan ? (Math.Min(span.First, row.From), Math.Max(span.Last, row.To - 1)) : (row.From, row.To - 1);
        ref var told = ref CollectionsMarshal.GetValueRefOrAddDefault(_told, facet, out var isKnown);
        if (!isKnown)
        {
            told = new Told { First = row.From, End = row.To, Length = row.To - row.From, Rank = rank };
            return;
        }
        told.First = Math.Min(told.First, row.From);
        told.End = Math.Max(told.End, row.To);
        if (told.Length != row.To - row.From)
        {
            // A length of several is none: every earlier charge is looked at.
            told.Length = -1;
            told.IsMixed |= told.Rank != rank;
        }
    }

    /// <summary>Takes out what is told twice.</summary>
    /// <param name="changedDays">The days of what is taken out are added.</param>
    /// <returns>What to say of it, and how many of the import's own charges were left out.</returns>
    public (List<string> Notes, long LeftOut) Resolve(ISet<long> changedDays)
    {
        if (_told.Count == 0)
            return ([], 0);
        var from = _spans.Values.Min(s => s.First) - LongestSeconds;
        var to = _spans.Values.Max(s => s.Last) + 1;
        var mixed = Mixed(from, to);
        if (mixed.Count == 0)
            return ([], 0);
        var (longer, shorter, own) = Twice(mixed, from, to);
        var notes = new List<string>();
        if (shorter.Count > 0)
            notes.Add($"Counted once: {Sum(shorter, changedDays)} from earlier files told shorter periods of usage that this file tells over longer ones, and {Counted.Word(shorter.Count, "was", "were")} taken out");
        if (longer.Count > 0)
            notes.Add($"Counted once: {Sum(longer, changedDays)} from earlier files told longer periods of usage that this file tells over shorter ones, and {Counted.Word(longer.Count, "was", "were")} taken out");
        if (own.Count > 0)
            notes.Add($"Counted once: {Sum(own, changedDays)} of this file {Counted.Word(own.Count, "lies", "lie")} within longer periods of earlier files that this one doesn't cover to their ends, and {Counted.Word(own.Count, "was", "were")} left out; import the whole period to have it in detail");
        return (notes, own.Count);
    }

    /// <summary>Facets that have periods of several lengths.</summary>
    private HashSet<long> Mixed(long from, long to)
    {
        var mixed = _told.Where(t => t.Value.IsMixed).Select(t => t.Key).ToHashSet();
        using var charges = new Scan(connection, $"SELECT from_s, facet, to_s FROM charges WHERE from_s >= ?1 AND from_s < ?2 AND part < {firstPart} AND part NOT IN (SELECT part FROM siblings)");
        charges.From(from, to);
        while (charges.Next())
        {
            ref var told = ref CollectionsMarshal.GetValueRefOrNullRef(_told, charges.Number(1));
            if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref told))
                continue;
            var (start, end) = (charges.Number(0), charges.Number(2));
            if (end - start != told.Length && start < told.End && end > told.First)
                mixed.Add(charges.Number(1));
        }
        return mixed;
    }

    private (HashSet<(long From, long Facet, long To)> Longer, HashSet<(long From, long Facet, long To)> Shorter, HashSet<(long From, long Facet, long To)> Own) Twice(HashSet<long> facets, long from, long to)
    {
        HashSet<(long From, long Facet, long To)> longer = [], shorter = [], own = [];
        var open = new Dictionary<long, List<Charge>>();
        using var charges = new Scan(connection, "SELECT from_s, facet, to_s, part, part IN (SELECT part FROM siblings) FROM charges WHERE from_s >= ?1 AND from_s < ?2 ORDER BY from_s, facet, to_s");
        charges.From(from, to);
        while (charges.Next())
        {
            var facet = charges.Number(1);
            if (!facets.Contains(facet))
                continue;
            var charge = new Charge(charges.Number(0), charges.Number(2), charges.Number(4) == 1 ? 0 : _ranks.GetValueOrDefault(charges.Number(3)));
            var others = CollectionsMarshal.GetValueRefOrAddDefault(open, facet, out _) ??= [];
            others.RemoveAll(o => o.To <= charge.From);
            foreach (var other in others)
            {
                if (other.Rank == charge.Rank || other.Length == charge.Length)
                    continue;
                var (late, early) = other.Rank > charge.Rank ? (other, charge) : (charge, other);
                if (late.Length > early.Length ? late.Holds(early) : early.Holds(late) && Covers(late.Rank, early))
                    (late.Length > early.Length ? shorter : longer).Add((early.From, facet, early.To));
                else if (early.Holds(late))
                    own.Add((late.From, facet, late.To));
            }
            others.Add(charge);
        }
        return (longer, shorter, own);
    }

    /// <summary>Whether a delivery tells of a whole period, by its first and last day: there need not be usage in every hour.</summary>
    private bool Covers(int rank, in Charge charge) =>
        ChargeTable.DayOf(_spans[rank].First) <= ChargeTable.DayOf(charge.From) && ChargeTable.DayOf(_spans[rank].Last) >= ChargeTable.DayOf(charge.To - 1);

    /// <summary>Deletes charges, and says how many they were and what they came to.</summary>
    private string Sum(HashSet<(long From, long Facet, long To)> charges, ISet<long> changedDays)
    {
        var sums = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        using var ask = new Scan(connection, "SELECT billed_milli, billed_rest, (SELECT currency FROM facets WHERE id = facet) FROM charges WHERE from_s = ?1 AND facet = ?2 AND to_s = ?3");
        foreach (var (from, facet, to) in charges)
        {
            ask.From(from, facet, to).Next();
            sums[ask.Text(2)] = sums.GetValueOrDefault(ask.Text(2)) + Exact.Join(ask.Number(0), ask.Number(1));
            changedDays.Add(ChargeTable.DayOf(from));
        }
        ask.From(0, 0, 0);
        using var delete = new Sluice.Ledger.Sqlite.Statement(connection, "DELETE FROM charges WHERE from_s = ?1 AND facet = ?2 AND to_s = ?3");
        foreach (var (from, facet, to) in charges)
            delete.Bind(1, from).Bind(2, facet).Bind(3, to).Run();
        return FormattableString.Invariant($"{Counted.Of(charges.Count, "charge")} ({string.Join(", ", sums.Select(s => FormattableString.Invariant($"{s.Value:#,0.00##########} {s.Key}").TrimEnd()))})");
    }
}
