using System.Globalization;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Exports;

/// <summary>The ledger's hourly sums as charges: by hour or day, key, tags, model, region, scope, tier and kind.</summary>
public static class MeteredCharges
{
    private static readonly string[] TagNames = ["app", "team", "task", "environment"];
    private static readonly string[] Shared = ["key", .. TagNames, "model", "region", "scope", "tier"];

    /// <param name="ledger">Open.</param>
    /// <param name="from">First day (UTC).</param>
    /// <param name="to">First day no longer in it.</param>
    /// <param name="byHour">A row an hour rather than a day.</param>
    /// <param name="billingAccount">What the rows call the account that is billed, which the ledger doesn't know.</param>
    /// <param name="leftOut">Gets what has no known cost.</param>
    public static IEnumerable<FocusCharge> Read(LedgerReader ledger, DateOnly from, DateOnly to, bool byHour, string billingAccount, ICollection<LeftOut> leftOut)
    {
        // A day at a time, so that a year needs no more memory than a day.
        foreach (var day in ledger.Spend(new SpendQuery { From = SpendQuery.StartOf(from), To = SpendQuery.StartOf(to), GroupBy = ["day"] }).Select(r => Moment(r.Group[0])).Order())
        {
            var query = new SpendQuery { From = day, To = day.AddDays(1), GroupBy = [byHour ? "hour" : "day", .. Shared] };
            var calls = ledger.Spend(query).ToDictionary(r => string.Join('\n', r.Group), StringComparer.Ordinal);
            foreach (var row in ledger.Spend(query with { GroupBy = [.. query.GroupBy, "kind"] }))
            {
                if (!UsageKinds.TryParse(row.Group[^1], out var kind))
                    continue;
                var whole = calls[string.Join('\n', row.Group.SkipLast(1))];
                var charge = Charge(row, kind, byHour, billingAccount) with { Unpriced = whole.UnpricedCalls };
                if (whole.Calls == whole.UnpricedCalls)
                    leftOut.Add(new LeftOut(charge.From, $"{charge.Model} {kind.Name()}", charge.Quantity ?? 0, "no price is known"));
                else
                    yield return charge;
            }
            foreach (var row in calls.Values.Where(r => r.UnpricedCalls > 0 && r.Input + r.Output + r.CacheRead + r.CacheWrite5m + r.CacheWrite1h == 0))
                leftOut.Add(new LeftOut(Moment(row.Group[0]), row.Group[^4], row.UnpricedCalls, "calls whose usage is not known"));
        }
    }

    private static FocusCharge Charge(SpendRow row, UsageKind kind, bool byHour, string billingAccount)
    {
        var start = Moment(row.Group[0]);
        var model = row.Group[^5];
        var known = PriceBook.Default.Models.Find(model);
        var cost = row.Cost.Usd;
        return new FocusCharge
        {
            Basis = "metered",
            From = start,
            To = byHour ? start.AddHours(1) : start.AddDays(1),
            BillingAccount = billingAccount,
            SubAccount = row.Group[1],
            Currency = "USD",
            Category = "Usage",
            Billed = cost,
            Effective = cost,
            Contracted = cost,
            List = cost,
            Kind = kind,
            Quantity = row.Quantity(kind),
            Unit = kind.Name(),
            Provider = "AWS",
            Developer = known?.Provider ?? "",
            Service = "Amazon Bedrock",
            Model = model,
            Family = known?.Family ?? "",
            Region = row.Group[^4],
            Scope = row.Group[^3],
            Tier = row.Group[^2],
            Tags = JsonTags.Write(TagNames.Select((name, i) => KeyValuePair.Create(name, row.Group[i + 2])).Where(t => t.Value.Length > 0)),
            Estimated = row.EstimatedCost.Usd,
        };
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
