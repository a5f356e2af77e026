using System.Collections.Immutable;
using Sluice.Core.Budgets;

namespace Sluice.Core.Tests.Budgets;

public sealed class BudgetScopeTests
{
    private static readonly ImmutableSortedDictionary<string, string> Tags = ImmutableSortedDictionary<string, string>.Empty.Add("app", "chat").Add("environment", "production");

    [Theory]
    [InlineData("all", "")]
    [InlineData("app:chat", "")]
    [InlineData("app:ch*", "")]
    [InlineData("app:search", null)]
    [InlineData("app:each", "chat")]
    [InlineData("team:each", "")]
    [InlineData("team:any", null)]
    [InlineData("key:sk-1", "")]
    [InlineData("key:each", "sk-1")]
    [InlineData("model:*opus*", "")]
    [InlineData("model:*haiku*", null)]
    [InlineData("tag:environment=production", "")]
    [InlineData("tag:environment=each", "production")]
    [InlineData("tag:user=each", "")]
    public void PicksItsCallsAndWhereTheyCount(string scope, string? bucket)
    {
        var read = BudgetScope.TryParse(scope)!;
        Assert.Equal(scope, read.ToString());
        Assert.Equal(bucket, read.BucketOf("sk-1", Tags, "anthropic.claude-opus-4-8"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("app")]
    [InlineData("app:")]
    [InlineData("all:x")]
    [InlineData("tag:user")]
    [InlineData("tag:=x")]
    [InlineData("2:x")]
    [InlineData("user:x")]
    public void WhatIsNoScopeIsNoneRatherThanAll(string text) => Assert.Null(BudgetScope.TryParse(text));

    [Theory]
    [InlineData("50:alert")]
    [InlineData("99.5:stop")]
    [InlineData("80:cheaper")]
    [InlineData("90:forbid=*opus*,*sonnet*")]
    public void ThresholdsAreReadAsTheyAreWritten(string text) => Assert.Equal(text, BudgetThreshold.TryParse(text)!.ToString());

    [Theory]
    [InlineData("80")]
    [InlineData("0:stop")]
    [InlineData("-5:stop")]
    [InlineData("80:forbid")]
    [InlineData("80:alert=x")]
    [InlineData("80:3")]
    public void WhatIsNoThresholdIsNone(string text) => Assert.Null(BudgetThreshold.TryParse(text));

    [Fact]
    public void TheHardLimitIsThatOfTheLowestStopAndIsNeverRoundedUp()
    {
        var budget = new Budget
        {
            Name = "b",
            Scope = BudgetScope.All,
            Limit = Money.FromUsd(0.000000000007m),
            Window = new BudgetWindow(BudgetPeriod.Day, false, TimeZoneInfo.Utc),
            Thresholds = [new(100, BudgetAction.Stop, []), new(50, BudgetAction.Stop, []), new(10, BudgetAction.Alert, [])],
        };
        Assert.Equal(Money.FromPicoUsd(3), budget.HardLimit);
        Assert.Null((budget with { Thresholds = BudgetThreshold.Defaults }).HardLimit);
    }
}
