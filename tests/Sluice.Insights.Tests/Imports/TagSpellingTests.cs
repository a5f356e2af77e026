using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Insights.Allocating;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Imports;

/// <summary>Spend, allocations and budgets find the same tags, however a bill spells them, and say which they can't read.</summary>
public sealed class TagSpellingTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cost-center", "cost-center", true)]
    [InlineData("cost-center", "Cost_Center", true)]
    [InlineData("cost-center", "user:CostCenter", true)]
    [InlineData("cost-center", "iamPrincipal/cost-center", true)]
    [InlineData("user:cost-center", "cost_center", true)]
    [InlineData("iamPrincipal/team", "team", false)]
    [InlineData("iamPrincipal/team", "iamprincipal/Team", true)]
    [InlineData("createdBy", "aws:createdBy", true)]
    [InlineData("createdBy", "aws_createdBy", true)]
    [InlineData("team", "resource_tags/user_team", true)]
    [InlineData("center", "cost-center", false)]
    [InlineData("team", "teams", false)]
    public void NamesAreComparedByTheirLetters(string asked, string name, bool isFound)
    {
        var tags = new Dictionary<string, string> { [name] = "a" };
        Assert.Equal(isFound, TagKey.Find(tags, asked) is not null);
        Assert.Equal(isFound, new AllocationPlan { By = asked }.TagOf(new AllocatableCost { Amount = 1, Currency = "USD", Tags = tags }) is not null);
        Assert.Equal(isFound ? "" : null, BudgetScope.TryParse($"tag:{asked}=A*")!.BucketOf(null, tags.ToImmutableSortedDictionary(StringComparer.Ordinal), null));

        _folder.ImportText(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: $$"""{"{{name}}":"a"}"""));
        var row = Assert.Single(BillSpend.Ask(_folder.Store, new BillQuery { GroupBy = [$"tag:{asked}"] }).Rows);
        Assert.Equal(isFound ? "a" : "", row.Group[0]);
        var filter = new Dictionary<string, IReadOnlyList<string>> { [$"tag:{asked}"] = ["A*"] };
        Assert.Equal(isFound ? 1 : 0, BillSpend.Ask(_folder.Store, new BillQuery { Filters = filter }).Rows.Count);
    }

    [Theory]
    [InlineData("\"team\": \"a\"", "a")]
    [InlineData("{\"team\": \"a\"}", "a")]
    [InlineData("null", "")]
    [InlineData("{\"team\": null}", "")]
    [InlineData("{}", "")]
    [InlineData("[]", "")]
    [InlineData("{\"team\": \"a\"", JsonTags.Unreadable)]
    [InlineData("\"team\": \"a\":", JsonTags.Unreadable)]
    [InlineData("{'team': 'a'}", JsonTags.Unreadable)]
    [InlineData("team:a", JsonTags.Unreadable)]
    public void TagsThatCannotBeReadAreCountedWithTheirMoney(string tags, string team)
    {
        var result = _folder.ImportText("SubscriptionId,Date,MeterCategory,MeterName,Quantity,UnitOfMeasure,CostInBillingCurrency,BillingCurrency,Tags\n"
            + $"s,2026-11-20,Foundry Models,GPT 5 inp Glbl 1M Tokens,1,1M,4.5,EUR,\"{tags.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");

        foreach (var asked in (string[])["team", "tag:team"])
            Assert.Equal(team, Assert.Single(BillSpend.Ask(_folder.Store, new BillQuery { GroupBy = [asked], Cost = BillCost.Billed }).Rows).Group[0]);
        Assert.Equal(team == JsonTags.Unreadable ? ["1 row has tags that can't be read (4.50 EUR); spend shows it as (unreadable tags)"] : [], result.Warnings);
        var allocation = Allocator.Allocate(AllocatableCosts.Billed(_folder.Rows(), BillCost.Billed), new AllocationPlan());
        Assert.Equal(team == "a" ? "a" : null, Assert.Single(allocation.Rows).Name);
    }
}
