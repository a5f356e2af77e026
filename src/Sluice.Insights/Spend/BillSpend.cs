using System.Runtime.InteropServices;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Insights.Store;

namespace Sluice.Insights.Spend;

/// <summary>
/// Answers questions about bills, from the largest sums that can: months, days, hours, or the charges themselves. What a row counts for is
/// found out once for each slice, so that a row of sums costs a look into a table and a few additions.
/// </summary>
public sealed class BillSpend
{
    private readonly CostStore _store;
    private readonly BillQuery _query;
    private readonly Grain _grain;
    private readonly string[] _ofRowsAsked;
    private readonly bool _asksForRows, _asksForLines, _asksForCategories;
    private bool _hasActualAzure;
    private readonly Dictionary<long, string> _parts = [];
    private readonly Dictionary<long, Place> _places = [];
    private readonly Dictionary<string, int> _groupNumbers = new(StringComparer.Ordinal);
    private readonly List<Group> _groups = [];
    private readonly Dictionary<(int Group, long Row), Sum> _sums = [];
    private readonly Dictionary<(string Source, BillRemark Why), long> _remarks = [];
    private readonly Dictionary<long, long> _rowsOfTimes = [];
    private readonly Dictionary<string, long> _rowNumbers = new(StringComparer.Ordinal);
    private readonly List<string[]> _rowWords = [];

    private BillSpend(CostStore store, BillQuery query)
    {
        (_store, _query) = (store, query);
        _ofRowsAsked = [.. query.GroupBy.Where(BillDimensions.IsOfRow)];
        _asksForRows = _ofRowsAsked.Length > 0 || query.Filters.Keys.Any(BillDimensions.IsOfRow);
        _asksForLines = query.GroupBy.Concat(query.Filters.Keys).Contains(BillDimensions.SourceRow, StringComparer.Ordinal);
        _asksForCategories = query.GroupBy.Concat(query.Filters.Keys).Contains("category", StringComparer.Ordinal);
        _grain = GrainOf(query);
    }

    /// <summary>Where rows of a slice or facet go.</summary>
    /// <param name="Group">-1 where they are left out.</param>
    /// <param name="TakesShadowed">Whether the question names their source, and wants what another source tells in more detail.</param>
    /// <param name="IsCredit">Whether they are less to pay, in a sum that doesn't tell them apart.</param>
    private readonly record struct Place(int Group, int Token, bool TakesShadowed, string Source, string Provider, string Account, BillRemark? Why, bool IsCredit = false);

    private sealed record Group(string[] Words, string Currency)
    {
        /// <summary>The one unit of what isn't tokens; null for none yet, empty for several.</summary>
        public string? Unit { get; set; }
    }

    private struct Sum
    {
        public long Lines, Missing;
        public AmountSum Cost;
        public AmountSum Input, CacheRead, CacheWrite5m, CacheWrite1h, Output, Units;
    }

    public static BillAnswer Ask(CostStore store, BillQuery query)
    {
        var spend = new BillSpend(store, query);
        spend.FindPlaces();
        spend.Add();
        return new BillAnswer(spend.Rows(), spend._remarks);
    }

    /// <summary>The largest sums that the question can be answered from.</summary>
    internal static Grain GrainOf(BillQuery query)
    {
        var names = query.GroupBy.Concat(query.Filters.Keys).ToList();
        if (names.Exists(BillDimensions.IsOfCharge))
            return Grain.Charge;
        if (!names.Contains("hour") && !names.Contains("day") && Whole(Grain.Month))
            return Grain.Month;
        if (!names.Contains("hour") && Whole(Grain.Day))
            return Grain.Day;
        return names.TrueForAll(BillDimensions.IsOfHour) && query.Services == BillReach.GenerativeAi && Whole(Grain.Hour) ? Grain.Hour : Grain.Charge;

        bool Whole(Grain grain) => BillTime.IsWhole(grain, query.From) && BillTime.IsWhole(grain, query.To);
    }

    private void FindPlaces()
    {
        var slices = new Dictionary<long, CostSlice>();
        using (var scan = new Scan(_store.Reading, $"SELECT id, coarse, {string.Join(", ", CostSchema.SliceColumns)} FROM slices"))
        {
            while (scan.Next())
            {
                if (scan.Number(1) == (_grain == Grain.Hour ? 1 : 0))
                    slices[scan.Number(0)] = CostSlice.Of(_grain == Grain.Hour, i => scan.Text(i + 2));
            }
        }
        _hasActualAzure = slices.Values.Any(s => s.Source == BillSource.Azure.Name());
        var related = new RelatedCharges(slices.Values);
        if (_grain != Grain.Charge)
        {
            foreach (var (id, slice) in slices)
                _places[id] = PlaceOf(slice, related, name => Word(name, slice, related));
            return;
        }
        using var facets = new Scan(_store.Reading, "SELECT id, slice, principal, usage_type, tags, billing_month FROM facets");
        while (facets.Next())
        {
            var slice = slices[facets.Number(1)];
            _places[facets.Number(0)] = PlaceOf(slice, related, name => name switch
            {
                "principal" => facets.Text(2),
                "usage_type" => facets.Text(3),
                BillDimensions.InvoiceMonth => facets.Text(5),
                _ when name.StartsWith("tag:", StringComparison.Ordinal) => TagOf(facets.Text(4), name[4..]),
                _ => Word(name, slice, related),
            });
        }
    }

    private Place PlaceOf(CostSlice slice, RelatedCharges related, Func<string, string> word)
    {
        var sources = _query.Filters.GetValueOrDefault("source");
        // Azure bills twice over: amortized costs tell what is effective, actual ones all else.
        var isActual = slice.Source == BillSource.Azure.Name() && _query.Cost != BillCost.Effective;
        var place = new Place(-1, TokenOf(slice), sources is not null || isActual, slice.Source, slice.Provider, slice.Account, null);
        if (!_query.Filters.All(f => BillDimensions.IsOfRow(f.Key) || Wildcard.MatchesAny(f.Value, word(f.Key))))
            return place;
        if (sources is null && SourcePrecedence.CountsTokensOnly(slice.Source))
            return slice.IsGenerativeAi ? place with { Why = BillRemark.TokensOnly } : place;
        if (sources is null && _hasActualAzure && _query.Cost != BillCost.Effective && slice.Source == BillSource.AzureAmortized.Name())
            return place with { Why = BillRemark.ToldInMoreDetail };
        var workload = related.Workload(slice);
        if (workload == "related" ? _query.Services == BillReach.GenerativeAi : workload == "other" && _query.Services != BillReach.All)
            return _query.Services == BillReach.Related && RelatedCharges.Carries(slice.Service) ? place with { Why = BillRemark.NotTagged } : place;
        if (_query.Cost == BillCost.List && slice.ChargeCategory == CostFacet.PrepaidPurchase)
            return place with { Why = BillRemark.ListedByUsage };
        var words = _query.GroupBy.Select(name => BillDimensions.IsOfRow(name) ? "" : word(name)).ToArray();
        var key = string.Concat(words.Append(slice.Currency).Select(w => $"{w.Length}:{w}"));
        if (!_groupNumbers.TryGetValue(key, out var number))
        {
            _groupNumbers[key] = number = _groups.Count;
            _groups.Add(new Group(words, slice.Currency));
        }
        if (place.Token < 0 && slice.Unit.Length > 0)
            _groups[number].Unit = _groups[number].Unit is null || _groups[number].Unit == slice.Unit ? slice.Unit : "";
        return place with { Group = number, IsCredit = !_asksForCategories && CostFacet.IsCredit(slice.ChargeCategory) };
    }

    private void Add()
    {
        var cost = _query.Cost.ToString().ToLowerInvariant();
        var (table, at, of, shadowed) = _grain switch
        {
            Grain.Month => ("months", "at", "slice", "shadowed"),
            Grain.Day => ("days", "at", "slice", "shadowed"),
            Grain.Hour => ("hours", "at", "slice", "shadowed"),
            _ => ("charges", "from_s", "facet", "0"),
        };
        var shadows = _grain == Grain.Charge ? Shadows() : [];
        if (_asksForLines)
            ReadParts();
        using var scan = new Scan(
            _store.Reading,
            $"SELECT {at}, {of}, {shadowed}, lines, quantity_milli, quantity_rest, {cost}_milli, {cost}_rest, {cost}_missing, billed_missing, list_missing{(_asksForLines ? ", part, line" : "")} FROM {table} WHERE {at} >= ?1 AND {at} < ?2");
        scan.From(_query.From is { } from ? BillTime.Place(_grain, from) : long.MinValue, _query.To is { } to ? BillTime.Place(_grain, to) : long.MaxValue);
        while (scan.Next())
        {
            var place = _places[scan.Number(1)];
            if (place.Group < 0 && place.Why is null)
                continue;
            var number = RowOf(scan);
            if (number < 0)
                continue;
            var lines = scan.Number(3);
            var isShadowed = scan.Number(2) == 1 || (shadows.Count > 0 && shadows.Contains((ChargeTable.DayOf(scan.Number(0)), new BillOrigin(place.Provider, place.Account, place.Source))));
            if ((isShadowed && !place.TakesShadowed ? BillRemark.ToldInMoreDetail : place.Why) is { } why)
            {
                Remark(place.Source, why, lines);
                continue;
            }
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (place.Group, number), out _);
            sum.Lines += lines;
            sum.Missing += MissingOf(scan, place.Source);
            if (place.IsCredit)
                Remark(place.Source, BillRemark.Credited, lines);
            Add(ref sum.Cost, scan.Number(6), scan.Number(7));
            ref var quantity = ref Quantity(ref sum, place.Token);
            Add(ref quantity, scan.Number(4), scan.Number(5));
        }
    }

    /// <summary>How many lines don't tell the cost. What was billed stands in for an effective cost, in the sums already.</summary>
    private long MissingOf(Scan scan, string source)
    {
        var (lines, missing, list) = (scan.Number(3), scan.Number(8), scan.Number(10));
        if (_query.Cost != BillCost.Effective || missing == 0)
            return missing;
        var unknown = Math.Min(missing, scan.Number(9));
        Remark(source, BillRemark.BilledStandsIn, missing - unknown);
        Remark(source, BillRemark.ListPriceOnly, Math.Min(unknown, lines - list));
        return unknown;
    }

    private void Remark(string source, BillRemark why, long lines)
    {
        if (lines > 0)
            CollectionsMarshal.GetValueRefOrAddDefault(_remarks, (source, why), out _) += lines;
    }

    /// <summary>A number for what a row of the table says of itself, its time and where it comes from, the same for all that say the same; -1 where filters leave it out.</summary>
    private long RowOf(Scan scan)
    {
        if (!_asksForRows)
            return 0;
        var at = scan.Number(0);
        // Charges begin at any second; their words change by the hour.
        var time = _grain == Grain.Charge ? BillTime.Hour(at) : at;
        return !_asksForLines && _rowsOfTimes.TryGetValue(time, out var number) ? number : _rowsOfTimes[time] = Number(scan, at);
    }

    private long Number(Scan scan, long at)
    {
        if (!_query.Filters.All(f => !BillDimensions.IsOfRow(f.Key) || Wildcard.MatchesAny(f.Value, Word(f.Key))))
            return -1;
        var words = Array.ConvertAll(_ofRowsAsked, Word);
        var joined = string.Join('|', words);
        if (!_rowNumbers.TryGetValue(joined, out var number))
        {
            _rowNumbers[joined] = number = _rowWords.Count;
            _rowWords.Add(words);
        }
        return number;

        string Word(string name) => name == BillDimensions.SourceRow ? $"{_parts[scan.Number(11)]}:{scan.Number(12)}" : BillTime.Word(name, _grain, at);
    }

    private void ReadParts()
    {
        using var scan = new Scan(_store.Reading, "SELECT id, name FROM parts");
        while (scan.Next())
            _parts[scan.Number(0)] = scan.Text(1);
    }

    private List<BillRow> Rows()
    {
        var rows = new List<BillRow>(_sums.Count);
        foreach (var ((number, row), sum) in _sums)
        {
            var group = _groups[number];
            var words = (string[])group.Words.Clone();
            var asked = 0;
            for (var i = 0; i < words.Length; i++)
            {
                if (BillDimensions.IsOfRow(_query.GroupBy[i]))
                    words[i] = _rowWords[(int)row][asked++];
            }
            rows.Add(new BillRow
            {
                Group = words,
                Currency = group.Currency,
                Lines = sum.Lines,
                UnpricedLines = sum.Missing,
                Input = Join(sum.Input),
                CacheRead = Join(sum.CacheRead),
                CacheWrite5m = Join(sum.CacheWrite5m),
                CacheWrite1h = Join(sum.CacheWrite1h),
                Output = Join(sum.Output),
                Units = group.Unit is { Length: > 0 } ? Join(sum.Units) : null,
                Cost = sum.Missing == sum.Lines ? null : Join(sum.Cost),
            });
        }
        return rows;
    }

    private HashSet<(long Day, BillOrigin Origin)> Shadows()
    {
        var shadows = new HashSet<(long, BillOrigin)>();
        using var scan = new Scan(_store.Reading, "SELECT day, provider, account, source FROM shadows");
        while (scan.Next())
            shadows.Add((scan.Number(0), new BillOrigin(scan.Text(1), scan.Text(2), scan.Text(3))));
        return shadows;
    }

    private static string Word(string name, CostSlice slice, RelatedCharges related) =>
        name == BillDimensions.Workload ? related.Workload(slice) : BillDimensions.OfSlice(name)?.Invoke(slice) ?? "";

    private static string TagOf(string tags, string name) => JsonTags.AreUnreadable(tags) ? JsonTags.Unreadable : TagKey.Value(JsonTags.Read(tags), name) ?? "";

    /// <summary>Which of the token counts; -1 for other units.</summary>
    private static int TokenOf(CostSlice slice) => UsageKinds.TryParse(slice.Kind, out var kind) && kind.IsToken() ? (int)kind : -1;

    private static ref AmountSum Quantity(ref Sum sum, int token)
    {
        switch ((UsageKind)token)
        {
            case UsageKind.Input: return ref sum.Input;
            case UsageKind.CacheRead: return ref sum.CacheRead;
            case UsageKind.CacheWrite5m: return ref sum.CacheWrite5m;
            case UsageKind.CacheWrite1h: return ref sum.CacheWrite1h;
            case UsageKind.Output: return ref sum.Output;
            default: return ref sum.Units;
        }
    }

    private static void Add(ref AmountSum sum, long milli, long rest)
    {
        sum.Milli += milli;
        sum.Rest += rest;
    }

    private static decimal Join(in AmountSum sum) => Exact.Join(sum.Milli, sum.Rest);
}
