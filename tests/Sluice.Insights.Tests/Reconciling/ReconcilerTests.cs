using System.Collections.Immutable;
using Sluice.Core.Metering;
using Sluice.Insights.Imports;
using Sluice.Insights.Reconciling;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Tests.Reconciling;

/// <summary>Faults that were planted in a month of three models: each is named first, with all of its money.</summary>
public sealed class ReconcilerTests
{
    private const string Sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Nova = "amazon.nova-lite-v1:0";
    private static readonly DateOnly FirstDay = new(2026, 11, 1);

    /// <summary>Dollars for a million tokens, by prices.csv: regional Sonnet 4.5 and Nova Lite.</summary>
    private static readonly (string Model, UsageKind Kind, decimal PerMillion, decimal PerDay)[] Traffic =
    [
        (Sonnet, UsageKind.Input, 3.3m, 1_000_000), (Sonnet, UsageKind.CacheRead, 0.33m, 9_000_000), (Sonnet, UsageKind.CacheWrite5m, 4.125m, 400_000),
        (Sonnet, UsageKind.CacheWrite1h, 6.6m, 200_000), (Sonnet, UsageKind.Output, 16.5m, 300_000), (Nova, UsageKind.Input, 0.06m, 20_000_000), (Nova, UsageKind.Output, 0.24m, 4_000_000),
    ];

    [Fact]
    public void AgreesToTheLastTokenAndCent()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill()));

        Assert.Empty(result.Causes);
        Assert.Equal((0m, 0m, 100m), (result.UsdDifferencePercent, result.TokenDifferencePercent, result.ExplainedPercent));
        Assert.True(result.IsWithin(0));
    }

    [Fact]
    public void NamesAPriceBookThatIsBehind()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => r.Facet is { Model: Sonnet, Kind: UsageKind.Output } ? Priced(r, r.Amounts.Billed!.Value * 1.1m) : r)));

        var cause = result.Causes[0];
        Assert.Equal((CauseKind.PriceBookBehind, Millions(300_000) * 1.65m, 100m), (cause.Kind, cause.Usd, result.ExplainedPercent));
        Assert.Contains("the bill's price is 18.15 a million, the ledger's 16.5: 1.1 times, on 30 days", cause.Evidence[0], StringComparison.Ordinal);
        Assert.Equal(0, result.TokenDifferencePercent);
    }

    /// <summary>All of Sonnet's replies had their input counted with the cached tokens inside, and the ledger took it for the rest.</summary>
    [Fact]
    public void TheBillTellsThatSuspectInputHasTheCachedTokensInside()
    {
        var result = Reconciler.Compare(Suspect(twiceCounted: true), BillBook.Of(Bill()));

        var cause = Assert.Single(result.Causes);
        Assert.Equal((CauseKind.SuspectUsage, -30 * 9.6m * 3.3m, 100m), (cause.Kind, cause.Usd, result.ExplainedPercent));
        Assert.Contains("has the cached tokens inside", cause.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void TheBillTellsThatSuspectInputIsRight()
    {
        var cause = Assert.Single(Reconciler.Compare(Suspect(twiceCounted: false), BillBook.Of(Bill())).Causes);
        Assert.Equal((CauseKind.SuspectUsage, 0m), (cause.Kind, cause.Usd));
        Assert.Contains("leaves the cached tokens out", cause.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherLackThanSuspectRepliesCanHaveIsNotPutDownToThem()
    {
        var result = Reconciler.Compare(Suspect(twiceCounted: false), BillBook.Of(Bill(r => r.Facet is { Model: Sonnet, Kind: UsageKind.Input } ? Scaled(r, 0.5m) : r)));
        Assert.DoesNotContain(result.Causes, c => c.Kind == CauseKind.SuspectUsage);
    }

    private static LedgerBook Suspect(bool twiceCounted)
    {
        var ledger = Ledger();
        return ledger with
        {
            Lines = ledger.Lines.ToImmutableDictionary(l => l.Key, l => l.Key is { Model: Sonnet, Kind: UsageKind.Input }
                ? new Side(l.Value.Quantity + (twiceCounted ? 9_600_000 : 0), l.Value.Usd + (twiceCounted ? 9.6m * 3.3m : 0), TwiceCounted: 9_600_000)
                : l.Value),
        };
    }

    [Fact]
    public void NamesTrafficPastTheGateway()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill().Concat(Bill(r => Scaled(r, 0.03m) with { Facet = r.Facet with { Principal = "arn:aws:iam::111122223333:user/bob" } }))));

        Assert.Equal(CauseKind.PastTheGateway, Assert.Single(result.Causes).Kind);
        Assert.Equal(result.BillUsd - result.LedgerUsd, result.Causes[0].Usd);
        Assert.Equal(3, Math.Round(result.TokenDifferencePercent * 1.03m, 6));
        Assert.Contains("user/bob", result.Causes[0].Evidence[0], StringComparison.Ordinal);
        Assert.False(result.IsWithin(0.5m));
    }

    [Fact]
    public void NamesAnotherAccount()
    {
        var result = Reconciler.Compare(
            Ledger(), BillBook.Of(Bill(r => r with { Facet = r.Facet with { Account = "111122223333" } }).Concat(Bill(r => Scaled(r, 0.4m) with { Facet = r.Facet with { Account = "444455556666" } }))));

        Assert.Equal(CauseKind.AnotherAccount, Assert.Single(result.Causes).Kind);
        Assert.Equal(result.BillUsd - result.LedgerUsd, result.Causes[0].Usd);
        Assert.Contains("what account 444455556666 used", result.Causes[0].Evidence[0], StringComparison.Ordinal);
    }

    /// <summary>3 % of traffic past the gateway is no more than what 2 % of uncertain calls could be; who used it decides.</summary>
    [Fact]
    public void TellsTrafficPastTheGatewayFromAbortedStreamsByWhoUsedIt()
    {
        var ledger = Ledger();
        var unsure = ledger with { Calls = ledger.Lines.Keys.Select(k => (k.Day, k.Model)).Distinct().ToImmutableDictionary(k => k, _ => new LedgerCalls(100, 2)) };
        var result = Reconciler.Compare(unsure, BillBook.Of(Bill().Concat(Bill(r => Scaled(r, 0.03m) with { Facet = r.Facet with { Principal = "arn:aws:iam::111122223333:user/bob" } }))));

        Assert.Equal(CauseKind.PastTheGateway, Assert.Single(result.Causes).Kind);
    }

    [Fact]
    public void NamesAnUnknownTier()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => r.Facet.Model != Nova ? r : Priced(r, r.Amounts.Billed!.Value * 0.7m) with
        {
            Facet = r.Facet with { Tier = "unknown:turbo", Unknown = "tail turbo", UsageType = $"USE1-NovaLite-{r.Facet.Kind}-turbo" },
        })));

        Assert.Equal(CauseKind.UnknownTier, result.Causes[0].Kind);
        Assert.Single(result.Causes);
        Assert.Equal(result.BillUsd - result.LedgerUsd, result.Causes[0].Usd);
        Assert.Contains("turbo: the ledger has its tokens under tier default", result.Causes[0].Evidence[0], StringComparison.Ordinal);
    }

    /// <summary>The ledger took writes of an hour for writes of five minutes, as gateways that ignore the split do.</summary>
    [Fact]
    public void NamesALostSplitOfCacheWrites()
    {
        var ledger = Ledger();
        var lost = ledger with
        {
            Lines = ledger.Lines.GroupBy(l => l.Key.Kind == UsageKind.CacheWrite1h ? l.Key with { Kind = UsageKind.CacheWrite5m } : l.Key)
                .ToImmutableDictionary(g => g.Key, g => g.Aggregate(default(Side), (sum, l) => sum + (l.Key.Kind == UsageKind.CacheWrite1h ? new Side(l.Value.Quantity, l.Value.Quantity * 4.125m / 1_000_000) : l.Value))),
        };
        var result = Reconciler.Compare(lost, BillBook.Of(Bill()));

        Assert.Equal(CauseKind.CacheWriteSplit, Assert.Single(result.Causes).Kind);
        // At 6.60 instead of 4.125.
        Assert.Equal(Millions(200_000) * (6.6m - 4.125m), result.Causes[0].Usd);
    }

    [Fact]
    public void NamesAModelThatHasNoNameHere()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => r.Facet.Model == Nova ? r with { Facet = r.Facet with { Model = "Zebra9", Unknown = "model Zebra9" } } : r)));

        Assert.Equal((CauseKind.UnknownUsage, 0m), (Assert.Single(result.Causes).Kind, result.Causes[0].Usd));
        Assert.Contains("the ledger has as many tokens of amazon.nova-lite-v1:0", result.Causes[0].Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void NamesADiscountThatEverythingHas()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => Priced(r, r.Amounts.Billed!.Value * 0.92m))));

        Assert.Equal(CauseKind.Discount, Assert.Single(result.Causes).Kind);
        Assert.Contains("every price is 0.92 of the ledger's", result.Causes[0].Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void NamesLateRows()
    {
        var cut = FirstDay.AddDays(28);
        var bill = BillBook.Of(Bill().Where(r => DateOnly.FromDateTime(r.Amounts.From.UtcDateTime) < cut)) with { CoveredUntil = SpendQuery.StartOf(cut) };
        var result = Reconciler.Compare(Ledger(), bill);

        Assert.Equal(CauseKind.LateRows, Assert.Single(result.Causes).Kind);
        Assert.Equal(100, result.ExplainedPercent);
    }

    [Fact]
    public void WhatNoBillHasIsNotCalledExplained()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => Scaled(r, 0.5m))));

        Assert.Equal(CauseKind.NotOnTheBill, Assert.Single(result.Causes).Kind);
        Assert.Equal(50, result.ExplainedPercent);
    }

    [Fact]
    public void NamesTheWrongScope()
    {
        var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => r.Facet.Model == Sonnet ? Priced(r, r.Amounts.Billed!.Value / 1.1m) with { Facet = r.Facet with { Scope = "global" } } : r)));

        Assert.Equal(CauseKind.WrongScope, Assert.Single(result.Causes).Kind);
    }

    [Fact]
    public void NamesAbortedStreamsWhereTheLedgerWasUnsure()
    {
        var ledger = Ledger();
        var unsure = ledger with { Calls = ledger.Lines.Keys.Select(k => (k.Day, k.Model)).Distinct().ToImmutableDictionary(k => k, _ => new LedgerCalls(100, 2)) };
        var result = Reconciler.Compare(unsure, BillBook.Of(Bill(r => Scaled(r, 1.02m))));

        Assert.Equal(CauseKind.AbortedStreams, Assert.Single(result.Causes).Kind);
    }

    /// <summary>The bill has nothing of the calls that broke off.</summary>
    [Fact]
    public void EstimatedCallsThatAreNotBilledAreAbortedStreams()
    {
        var result = Reconciler.Compare(LedgerWithBroken(0.02m), BillBook.Of(Bill()));

        Assert.Equal(CauseKind.AbortedStreams, Assert.Single(result.Causes).Kind);
        Assert.Equal(result.BillUsd - result.LedgerUsd, result.Causes[0].Usd);
        Assert.Equal(100, result.ExplainedPercent);
    }

    [Fact]
    public void AbortedStreamsExplainNoMoreThanWasEstimated()
    {
        var result = Reconciler.Compare(LedgerWithBroken(0.02m), BillBook.Of(Bill(r => Scaled(r, 0.9m))));

        Assert.Equal([CauseKind.NotOnTheBill, CauseKind.AbortedStreams], result.Causes.Select(c => c.Kind));
        Assert.Equal(Math.Round(result.LedgerUsd - (result.LedgerUsd / 1.02m), 9), Math.Round(result.Causes[1].WeightUsd, 9));
    }

    /// <summary>Estimates booked more cache reads than the bill has, outsiders caused more plain input: no kind is wrong.</summary>
    [Theory]
    [InlineData(0.012, true)]
    [InlineData(0.025, true)]
    [InlineData(0.04, true)]
    [InlineData(0.012, false)]
    public void TellsTrafficPastTheGatewayFromEstimatesThatWereNotBilled(double broken, bool isNamed)
    {
        var past = Bill(r => Scaled(r, 0.03m) with { Facet = r.Facet with { Principal = isNamed ? "arn:aws:iam::111122223333:user/bob" : r.Facet.Principal } });
        var result = Reconciler.Compare(LedgerWithBroken((decimal)broken, UsageKind.CacheRead), BillBook.Of(Bill().Concat(past)));

        Assert.Equal([CauseKind.PastTheGateway, CauseKind.AbortedStreams], result.Causes.Select(c => c.Kind));
        if (isNamed)
            Assert.Equal(Math.Round(result.BillUsd * 0.03m / 1.03m, 9), Math.Round(result.Causes[0].Usd, 9));
    }

    /// <summary>Input that was estimated as plain and is billed as read from the cache.</summary>
    [Fact]
    public void AWrongSplitOfAnEstimateIsNoWrongKind()
    {
        var ledger = LedgerWithBroken(0.02m, UsageKind.Input);
        var result = Reconciler.Compare(ledger, BillBook.Of(Bill(r => r.Facet is { Model: Sonnet, Kind: UsageKind.CacheRead }
            ? r with { Amounts = r.Amounts with { Quantity = r.Amounts.Quantity + 20_000, Billed = r.Amounts.Billed + (20_000 * 0.33m / 1_000_000) } } : r)));

        Assert.Equal(CauseKind.AbortedStreams, Assert.Single(result.Causes).Kind);
    }

    [Fact]
    public void AWrongKindIsFoundAmongEstimates()
    {
        var result = Reconciler.Compare(LedgerWithBroken(0.02m), BillBook.Of(Bill(r => r.Facet is { Model: Sonnet, Kind: UsageKind.CacheRead }
            ? Priced(r, r.Amounts.Quantity!.Value * 3.3m / 1_000_000) with { Facet = r.Facet with { Kind = UsageKind.Input } } : r)));

        Assert.Equal([CauseKind.WrongKind, CauseKind.AbortedStreams], result.Causes.Select(c => c.Kind));
    }

    /// <summary>The ledger says itself that it isn't sure of them; a fault of less money is news.</summary>
    [Fact]
    public void WhatTheLedgerForesawComesLast()
    {
        var result = Reconciler.Compare(LedgerWithBroken(0.1m), BillBook.Of(Bill(r => r.Facet is { Model: Nova, Kind: UsageKind.Output } ? Priced(r, r.Amounts.Billed!.Value * 1.01m) : r)));

        Assert.Equal([CauseKind.PriceBookBehind, CauseKind.AbortedStreams], result.Causes.Select(c => c.Kind));
        Assert.True(result.Causes[0].WeightUsd < result.Causes[1].WeightUsd);
    }

    [Fact]
    public void NamesAPriceThatTheLedgerLacks()
    {
        var ledger = Ledger();
        var result = Reconciler.Compare(
            ledger with { Lines = ledger.Lines.ToImmutableDictionary(l => l.Key, l => l.Key.Model == Nova ? l.Value with { Usd = 0 } : l.Value) }, BillBook.Of(Bill()));

        Assert.Equal(CauseKind.PriceMissing, Assert.Single(result.Causes).Kind);
    }

    [Fact]
    public void OtherCurrenciesAreComparedWithNothing()
    {
        var bill = BillBook.Of(Bill().Append(Bill().First() with { Facet = Bill().First().Facet with { Currency = "EUR" } }));

        Assert.Empty(Reconciler.Compare(Ledger(), bill).Causes);
        Assert.Equal(["EUR"], bill.OtherCurrencies.Keys);
    }

    /// <summary>Whatever differs, the causes add up to the difference.</summary>
    [Fact]
    public void CausesAddUpToTheDifference()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var result = Reconciler.Compare(Ledger(), BillBook.Of(Bill(r => random.Next(4) switch
            {
                0 => Scaled(r, random.Next(90, 110) / 100m),
                1 => Priced(r, r.Amounts.Billed!.Value * random.Next(90, 110) / 100m),
                2 => r with { Facet = r.Facet with { Tier = "flex" } },
                _ => r,
            })));
            Assert.Equal(0, Math.Round(result.BillUsd - result.LedgerUsd - result.Causes.Sum(c => c.Usd), 12));
        }
    }

    private static LedgerBook Ledger() => new(
        Days().ToImmutableDictionary(d => new LineKey(d.Day, d.Model, "regional", "default", d.Kind), d => new Side(d.PerDay, d.PerDay * d.PerMillion / 1_000_000)),
        Days().Select(d => (d.Day, d.Model)).Distinct().ToImmutableDictionary(d => d, _ => new LedgerCalls(100, 0)));

    /// <summary>The ledger has so much more than the month's traffic, all of it estimated; of one kind alone, or of all.</summary>
    private static LedgerBook LedgerWithBroken(decimal share, UsageKind? kind = null)
    {
        var ledger = Ledger();
        return new LedgerBook(
            ledger.Lines.ToImmutableDictionary(l => l.Key, l => kind is { } only && l.Key.Kind != only ? l.Value
                : new Side(l.Value.Quantity * (1 + share), l.Value.Usd * (1 + share), l.Value.Quantity * share)),
            ledger.Calls.ToImmutableDictionary(c => c.Key, c => c.Value with { Estimated = 1 }));
    }

    private static IEnumerable<CostRow> Bill(Func<CostRow, CostRow>? change = null) => Days().Select(d =>
    {
        var start = SpendQuery.StartOf(d.Day);
        var row = new CostRow(
            new CostFacet { Source = BillSource.Cur, Provider = "AWS", Model = d.Model, Kind = d.Kind, Tier = "default", Scope = "regional", Currency = "USD", ChargeCategory = "Usage", IsGenerativeAi = true, Principal = "gateway" },
            new CostAmounts(start, start.AddDays(1), d.PerDay, d.PerDay * d.PerMillion / 1_000_000, null, null, null), 1, 0);
        return change?.Invoke(row) ?? row;
    });

    private static IEnumerable<(DateOnly Day, string Model, UsageKind Kind, decimal PerMillion, decimal PerDay)> Days() =>
        from day in Enumerable.Range(0, 30)
        from t in Traffic
        select (FirstDay.AddDays(day), t.Model, t.Kind, t.PerMillion, t.PerDay + (day * 1_000));

    /// <summary>Tokens of a month, in millions.</summary>
    private static decimal Millions(decimal perDay) => ((30 * perDay) + (1_000 * (29 * 30 / 2))) / 1_000_000;

    private static CostRow Priced(CostRow row, decimal usd) => row with { Amounts = row.Amounts with { Billed = usd } };

    private static CostRow Scaled(CostRow row, decimal factor) => row with { Amounts = row.Amounts with { Quantity = row.Amounts.Quantity * factor, Billed = row.Amounts.Billed * factor } };
}
