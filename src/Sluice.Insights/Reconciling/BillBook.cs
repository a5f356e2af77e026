using System.Collections.Immutable;
using Sluice.Core.Pricing;
using Sluice.Insights.Store;

namespace Sluice.Insights.Reconciling;

/// <summary>A charge of generative AI that counts nothing which the ledger could have: a credit, a tax, or what was not understood.</summary>
public sealed record LooseCharge(CostFacet Facet, DateOnly Day, decimal Quantity, decimal Usd);

/// <summary>The bill's side of a reconciliation: Bedrock, in dollars, as invoiced.</summary>
public sealed record BillBook
{
    public required ImmutableDictionary<LineKey, Side> Lines { get; init; }

    public ImmutableArray<LooseCharge> Loose { get; init; } = [];

    /// <summary>Who used what on each line, for evidence: principals, or accounts where a bill names none, with their quantity.</summary>
    public ImmutableDictionary<LineKey, ImmutableDictionary<string, decimal>> Users { get; init; } = ImmutableDictionary<LineKey, ImmutableDictionary<string, decimal>>.Empty;

    /// <summary>The same by account alone.</summary>
    public ImmutableDictionary<LineKey, ImmutableDictionary<string, decimal>> Accounts { get; init; } = ImmutableDictionary<LineKey, ImmutableDictionary<string, decimal>>.Empty;

    /// <summary>The usage types of lines whose tier is not known.</summary>
    public ImmutableDictionary<LineKey, string> UsageTypes { get; init; } = ImmutableDictionary<LineKey, string>.Empty;

    /// <summary>Where the bill ends; what was used later may come with the next one.</summary>
    public DateTimeOffset CoveredUntil { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Money in other currencies than dollars, by currency; it is compared with nothing.</summary>
    public ImmutableSortedDictionary<string, decimal> OtherCurrencies { get; init; } = ImmutableSortedDictionary<string, decimal>.Empty;

    /// <summary>Lines of the bill without a cost; their quantities count, their money can't.</summary>
    public long UnpricedLines { get; init; }

    /// <summary>Bills of AWS that say the same, the fullest first.</summary>
    private static readonly BillSource[] AwsSources = [BillSource.Cur, BillSource.Focus, BillSource.CostExplorer];

    /// <summary>The rows of <see cref="Rows"/>, summed by line.</summary>
    public static BillBook Read(CostStore store, DateOnly from, DateOnly to, IReadOnlyCollection<string>? accounts = null) =>
        Of(Rows(store, from, to, accounts)) with { CoveredUntil = store.Coverage()?.Until ?? DateTimeOffset.MaxValue };

    /// <summary>What a cost store has of Bedrock. Where it has several of AWS's bills, one is taken: the CUR, else the FOCUS export, else Cost Explorer's answers.</summary>
    /// <param name="store">Open.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">First day no longer in it.</param>
    /// <param name="accounts">Only these; null or none for all.</param>
    public static List<CostRow> Rows(CostStore store, DateOnly from, DateOnly to, IReadOnlyCollection<string>? accounts = null)
    {
        var rows = store.Days(from, to).Where(IsAws).Where(r => accounts is not { Count: > 0 } || accounts.Contains(r.Facet.Account, StringComparer.Ordinal)).ToList();
        if (rows.Count > 0)
        {
            var source = AwsSources.First(s => rows.Exists(r => r.Facet.Source == s));
            rows.RemoveAll(r => r.Facet.Source != source);
        }
        return rows;
    }

    public static BillBook Of(IEnumerable<CostRow> rows)
    {
        var lines = new Dictionary<LineKey, Side>();
        var users = new Dictionary<LineKey, Dictionary<string, decimal>>();
        var accounts = new Dictionary<LineKey, Dictionary<string, decimal>>();
        var usageTypes = new Dictionary<LineKey, string>();
        var loose = ImmutableArray.CreateBuilder<LooseCharge>();
        var others = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        var unpriced = 0L;
        foreach (var row in rows)
        {
            var facet = row.Facet;
            var day = DateOnly.FromDateTime(row.Amounts.From.UtcDateTime);
            var (quantity, usd) = (row.Amounts.Quantity ?? 0, row.Amounts.Billed ?? 0);
            unpriced += row.UnpricedLines;
            if (facet.Currency is not ("USD" or ""))
                others[facet.Currency] = others.GetValueOrDefault(facet.Currency) + usd;
            else if (facet.Kind is not { } kind || (facet.Unknown.Length > 0 && !facet.Tier.StartsWith("unknown:", StringComparison.Ordinal)))
                loose.Add(new LooseCharge(facet, day, quantity, usd));
            else
            {
                var key = LedgerBook.Key(day, facet.Model, facet.Scope, facet.IsBatch ? "batch" : facet.Tier, kind);
                lines[key] = lines.GetValueOrDefault(key) + new Side(quantity, usd);
                AddTo(users, key, facet.Principal.Length > 0 ? facet.Principal : facet.Account, quantity);
                AddTo(accounts, key, facet.Account, quantity);
                if (facet.Unknown.Length > 0)
                    usageTypes[key] = facet.UsageType;
            }
        }
        return new BillBook
        {
            Lines = lines.ToImmutableDictionary(),
            Loose = loose.ToImmutable(),
            Users = users.ToImmutableDictionary(u => u.Key, u => u.Value.ToImmutableDictionary(StringComparer.Ordinal)),
            Accounts = accounts.ToImmutableDictionary(u => u.Key, u => u.Value.ToImmutableDictionary(StringComparer.Ordinal)),
            UsageTypes = usageTypes.ToImmutableDictionary(),
            OtherCurrencies = others.ToImmutableSortedDictionary(StringComparer.Ordinal),
            UnpricedLines = unpriced,
        };
    }

    private static bool IsAws(CostRow row) => row.Facet.Source is BillSource.Cur or BillSource.CostExplorer || (row.Facet.Source == BillSource.Focus && IsAws(row.Facet.Provider));

    private static bool IsAws(string provider) =>
        provider.StartsWith("AWS", StringComparison.OrdinalIgnoreCase) || provider.StartsWith("Amazon", StringComparison.OrdinalIgnoreCase);

    private static void AddTo(Dictionary<LineKey, Dictionary<string, decimal>> users, LineKey key, string user, decimal quantity)
    {
        ref var byUser = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(users, key, out _);
        byUser ??= new Dictionary<string, decimal>(StringComparer.Ordinal);
        byUser[user] = byUser.GetValueOrDefault(user) + quantity;
    }
}
