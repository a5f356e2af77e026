using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Allocating;

/// <summary>Costs to allocate, from the bills or from the ledger.</summary>
public static class AllocatableCosts
{
    public static IEnumerable<AllocatableCost> Billed(IEnumerable<CostRow> rows, BillCost choice)
    {
        return rows.Select(row => new AllocatableCost
        {
            Amount = Chosen(row.Amounts.Billed, row.Amounts.Effective, row.Amounts.List),
            Currency = row.Facet.Currency,
            Tokens = row.Facet.Unit == "tokens" ? row.Amounts.Quantity ?? 0 : 0,
            Unpriced = Chosen(row.Missing.Billed, row.Missing.Effective, row.Missing.List),
            Provider = row.Facet.Provider,
            Service = row.Facet.Service,
            Model = row.Facet.Model,
            Account = row.Facet.Account,
            Project = row.Facet.Project,
            Region = row.Facet.Region,
            Principal = row.Facet.Principal,
            UsageType = row.Facet.UsageType,
            Category = row.Facet.ChargeCategory,
            Tags = JsonTags.Read(row.Facet.Tags),
        });

        T Chosen<T>(T billed, T effective, T list) => choice switch { BillCost.Effective => effective, BillCost.List => list, _ => billed };
    }

    /// <param name="ledger">Open.</param>
    /// <param name="from">First moment; whole hours are summed.</param>
    /// <param name="to">First moment no longer in it.</param>
    /// <param name="tags">The tags that are asked for.</param>
    public static IEnumerable<AllocatableCost> Metered(LedgerReader ledger, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<string> tags)
    {
        string[] groups = ["key", "model", "region", .. tags.Select(t => "tag:" + t)];
        return ledger.Spend(new SpendQuery { From = from, To = to, GroupBy = groups }).Select(row => new AllocatableCost
        {
            Amount = row.Calls == row.UnpricedCalls && row.Calls > 0 ? null : row.Cost.Usd,
            Currency = "USD",
            Tokens = row.Input + row.CacheRead + row.CacheWrite5m + row.CacheWrite1h + row.Output,
            Unpriced = row.UnpricedCalls,
            Provider = "AWS",
            Service = "Amazon Bedrock",
            Category = "Usage",
            Key = row.Group[0],
            Model = row.Group[1],
            Region = row.Group[2],
            Tags = tags.Select((t, i) => (t, Value: row.Group[i + 3])).Where(t => t.Value.Length > 0).ToDictionary(t => t.t, t => t.Value, StringComparer.Ordinal),
        });
    }
}
