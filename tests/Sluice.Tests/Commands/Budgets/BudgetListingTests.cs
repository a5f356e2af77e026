using Sluice.Commands.Budgets;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;

namespace Sluice.Tests.Commands.Budgets;

public sealed class BudgetListingTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TheTableForPeopleFitsATerminalAndSaysWhatIsHeldForGood()
    {
        var standing = Of("support-assistants", "", unknown: 0.5m);
        var text = new StringWriter();
        BudgetListing.WriteForPeople(text, [standing], new Dictionary<BudgetStanding, string> { [standing] = "about 2400.00 USD by the reset" });

        var lines = text.ToString().Split('\n');
        Assert.All(lines[..3], line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        Assert.Contains("support-assistants: month, for app:support-assistants; resets 2026-12-01T00:00:00Z. Forecast: about 2400.00 USD by the reset. Of the limit, 0.50 is held for good for attempts of unknown cost.", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void EachBucketIsNamed()
    {
        var standing = Of("each-user", "ana");
        var text = new StringWriter();
        BudgetListing.WriteForPeople(text, [standing], new Dictionary<BudgetStanding, string> { [standing] = "not enough history" });

        Assert.Contains("each-user ana: month, for app:each-user; resets 2026-12-01T00:00:00Z. Forecast: not enough history.", text.ToString(), StringComparison.Ordinal);
    }

    private static BudgetStanding Of(string name, string bucket, decimal unknown = 0) => new(
        new Budget { Name = name, Scope = BudgetScope.TryParse($"app:{name}")!, Limit = Money.FromUsd(3_000), Window = new BudgetWindow(BudgetPeriod.Month, IsRolling: false, TimeZoneInfo.Utc) },
        bucket, Money.FromUsd(1_234.56m), Money.FromUsd(unknown), Money.FromUsd(0.0185m), new WindowSpan(Start, Start.AddMonths(1)), Start.AddMonths(1));
}
