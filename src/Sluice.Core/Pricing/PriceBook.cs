using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>
/// The dated set of prices. It answers from what its files say and from nothing else: where no row fits, the answer is
/// that there is no price.
/// </summary>
public sealed class PriceBook
{
    // A gateway sees a handful of identities a day; this bound only keeps made-up model ids from filling the memory.
    private const int MaxSheets = 4096;

    private static readonly Lazy<PriceBook> Shipped = new(LoadShipped);

    private readonly ImmutableArray<TierRule> _tiers;
    private readonly PriceOverrides _overrides;
    private readonly FrozenDictionary<string, PriceRow[]> _byModel;
    private readonly PriceRow[] _byPattern;
    private readonly ConcurrentDictionary<(PriceIdentity Identity, DateOnly Day), PriceSheet> _sheets = new();
    private readonly HashSet<PriceRow> _own;

    private PriceBook(ImmutableArray<PriceRow> rows, ImmutableArray<TierRule> tiers, ModelCatalog models, PriceOverrides overrides)
    {
        Rows = rows;
        Models = models;
        _tiers = tiers;
        _overrides = overrides;
        _own = new HashSet<PriceRow>(overrides.OwnPrices, ReferenceEqualityComparer.Instance);
        var all = overrides.OwnPrices.AddRange(rows);
        _byModel = all.Where(r => !r.Model.EndsWith('*')).GroupBy(r => r.Model, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        _byPattern = [.. all.Where(r => r.Model.EndsWith('*'))];
    }

    /// <summary>The prices that Sluice ships with; docs/prices.md says where they come from.</summary>
    public static PriceBook Default => Shipped.Value;

    /// <summary>The list's rows, in the order of the file, without tier rules and overrides applied.</summary>
    public ImmutableArray<PriceRow> Rows { get; }

    public ImmutableArray<PriceRow> OwnPrices => _overrides.OwnPrices;

    public ModelCatalog Models { get; }

    /// <summary>Reads a book of prices alone, without tier rules; its models are known by their ids.</summary>
    /// <param name="csv">The text of a price file.</param>
    /// <param name="name">The name that errors and row ids carry, such as <c>prices.csv</c>.</param>
    /// <exception cref="PriceFileException">All faults of the file.</exception>
    public static PriceBook Load(TextReader csv, string name)
    {
        var errors = new List<PriceFileError>();
        var rows = PriceFile.Read(csv, name, errors);
        if (errors.Count > 0)
            throw new PriceFileException(errors);
        var models = rows.Select(r => r.Model).Where(m => !m.EndsWith('*')).Distinct(StringComparer.Ordinal)
            .Select(m => new KnownModel(m, m, "", "", [], [], null));
        return new PriceBook(rows, [], new ModelCatalog([.. models]), PriceOverrides.None);
    }

    /// <summary>This book with own prices and discounts in place of any that it had.</summary>
    /// <exception cref="PriceFileException">The faults of the discounts.</exception>
    public PriceBook WithOverrides(PriceOverrides overrides)
    {
        var faults = overrides.FindFaults();
        return faults.IsEmpty ? new PriceBook(Rows, _tiers, Models, overrides) : throw new PriceFileException(faults);
    }

    /// <summary>What one call with this usage costs at the identity's prices on the day (UTC) of <paramref name="at"/>.</summary>
    public Cost Price(in PriceIdentity identity, Usage usage, DateTimeOffset at) =>
        Sheet(identity, at).Price(usage, usage.ContextTokens);

    /// <summary>The price of a kind in a call of <paramref name="contextTokens"/> input tokens of all sorts; null where it is not known.</summary>
    public PriceRow? Find(in PriceIdentity identity, UsageKind kind, long contextTokens, DateTimeOffset at) =>
        Sheet(identity, at).Find(kind, contextTokens);

    /// <summary>All prices of the identity on the day (UTC) of <paramref name="at"/>; kept, so that asking again costs next to nothing.</summary>
    public PriceSheet Sheet(in PriceIdentity identity, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        if (_sheets.TryGetValue((identity, day), out var sheet))
            return sheet;
        sheet = BuildSheet(identity, day);
        if (_sheets.Count >= MaxSheets)
            _sheets.Clear();
        _sheets[(identity, day)] = sheet;
        return sheet;
    }

    /// <summary>Why a kind has no price, and the line of an own price file that would give it one.</summary>
    public PriceExplanation Explain(in PriceIdentity identity, UsageKind kind, DateTimeOffset at) =>
        PriceExplanation.For(this, identity, kind, DateOnly.FromDateTime(at.UtcDateTime));

    /// <summary>Every row of the model, own prices included, whatever its region, tier and day.</summary>
    internal IEnumerable<PriceRow> RowsOf(string model)
    {
        var canonical = CanonicalId(model);
        return _byModel.GetValueOrDefault(canonical, []).Concat(_byPattern.Where(r => ModelPattern.Matches(r.Model, canonical)));
    }

    internal IEnumerable<TierRule> TiersOf(string model)
    {
        var canonical = CanonicalId(model);
        return _tiers.Where(t => ModelPattern.Matches(t.Model, canonical));
    }

    /// <summary>The id under which the rows stand.</summary>
    private string CanonicalId(string model) =>
        _byModel.ContainsKey(model) ? model : Models.Find(model) is { Exists: true } known ? known.Id : model;

    private PriceSheet BuildSheet(in PriceIdentity identity, DateOnly day)
    {
        var byKind = new PriceRow[UsageKinds.All.Count][];
        var model = CanonicalId(identity.Model);
        var fitting = FittingRows(identity, model, day);
        var onDemand = identity with { Tier = ServiceTier.Default, Batch = false };
        foreach (var kind in UsageKinds.All)
        {
            var rows = MostSpecific(fitting, kind, identity);
            if (rows.Length == 0 && TierRuleFor(identity, model, kind, day) is { } rule)
                rows = [.. MostSpecific(fitting, kind, onDemand).Select(rule.Apply)];
            byKind[(int)kind] = [.. Discounted(rows, identity, model, day).OrderBy(r => r.AboveTokens)];
        }
        return new PriceSheet(identity, day, byKind);
    }

    /// <summary>The rows for the model, region, profile and day, of every tier.</summary>
    private PriceRow[] FittingRows(PriceIdentity identity, string model, DateOnly day) =>
        [.. RowsOf(model).Where(r => r.HoldsOn(day) && AwsRegions.Matches(r.Region, identity.Region) && FitsProfile(r, identity))];

    private static bool FitsProfile(PriceRow row, in PriceIdentity identity)
    {
        if (row.IsAccountWide || row.Profile == identity.Profile)
            return true;
        // A price of one region says nothing of a geography that can't be called from there. One that is the same in all
        // commercial regions does.
        return row.Profile == "geo" && identity.Scope == Scope.Geographic
            && (AwsRegions.CanCall(identity.Profile, identity.Region) || (row.Region == "*" && identity.Profile != "us-gov"));
    }

    /// <summary>
    /// Own prices come before the list, a model before a pattern of models, a region before a pattern of regions, a profile
    /// before <c>geo</c>. What is left differs only in its context band.
    /// </summary>
    private PriceRow[] MostSpecific(PriceRow[] fitting, UsageKind kind, PriceIdentity identity)
    {
        var best = (Own: false, Model: -1, Region: -1, Profile: false);
        var rows = new List<PriceRow>();
        foreach (var row in fitting)
        {
            if (row.Kind != kind || !FitsTier(row, identity))
                continue;
            var rank = (_own.Contains(row), ModelPattern.Closeness(row.Model), ModelPattern.Closeness(row.Region), row.Profile != "geo");
            var order = rank.CompareTo(best);
            if (order < 0)
                continue;
            if (order > 0)
                rows.Clear();
            best = rank;
            rows.Add(row);
        }
        return [.. rows];
    }

    private static bool FitsTier(PriceRow row, in PriceIdentity identity) => row.IsAccountWide
        || (row.Tier == identity.Tier && row.Batch == identity.Batch && row.LatencyOptimized == identity.LatencyOptimized);

    private TierRule? TierRuleFor(PriceIdentity identity, string model, UsageKind kind, DateOnly day) =>
        identity.LatencyOptimized || (identity.Tier == ServiceTier.Default && !identity.Batch)
            ? null
            : _tiers.FirstOrDefault(t => t.Tier == identity.Tier && t.Batch == identity.Batch && t.Kinds.Contains(kind)
                && t.HoldsOn(day) && ModelPattern.Matches(t.Model, model));

    private IEnumerable<PriceRow> Discounted(PriceRow[] rows, PriceIdentity identity, string model, DateOnly day) => rows.Select(row =>
        _own.Contains(row) || _overrides.Discounts.FirstOrDefault(d => d.Fits(identity, model, row, day)) is not { } discount
            ? row
            : discount.Apply(row));

    private static PriceBook LoadShipped()
    {
        var errors = new List<PriceFileError>();
        var rows = PriceFile.Read(Resource("prices.csv"), "prices.csv", errors);
        var tiers = TierRule.Read(Resource("tiers.csv"), "tiers.csv", errors);
        var models = KnownModel.Read(Resource("models.csv"), "models.csv", errors);
        return errors.Count == 0 ? new PriceBook(rows, tiers, new ModelCatalog(models), PriceOverrides.None) : throw new PriceFileException(errors);
    }

    private static StreamReader Resource(string name) => new(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
}
