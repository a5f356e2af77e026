using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;

namespace Sluice.Tests.Configuration;

public sealed class BudgetsReaderTests
{
    [Fact]
    public void ABudgetIsReadWithItsDefaults()
    {
        var budget = Assert.Single(OptionsReader.Read("budgets: [{ name: all, limit: 12.5 }]", "sluice.yaml").Budgets);
        Assert.Equal((BudgetScope.All, Money.FromUsd(12.5m), "month"), (budget.Scope, budget.Limit, budget.Window.ToString()));
        Assert.Equal(["50:alert", "80:alert", "100:alert"], budget.Thresholds.Select(t => t.ToString()));
        Assert.Null(budget.HardLimit);
    }

    [Fact]
    public void EverySettingIsUnderstood()
    {
        var options = OptionsReader.Read("""
            budgets:
              - name: chat
                scope: tag:environment=production
                limit: 500
                window: quarter
                time_zone: Europe/Berlin
                at: [{ percent: 80, do: cheaper }, { percent: 90, do: forbid, models: ["*opus*"] }, { percent: 99.5, do: stop }]
              - { name: each, scope: key:each, limit: 1, window: day, rolling: true }
            budget_state: { postgres: "Host=db;Username=sluice", on_loss: pass, unpriced: pass, wait: 5s }
            """, "sluice.yaml");
        Assert.Equal(["tag:environment=production 500 quarter Europe/Berlin 80:cheaper 90:forbid=*opus* 99.5:stop", "key:each 1 rolling day 50:alert 80:alert 100:alert"],
            options.Budgets.Select(b => $"{b.Scope} {b.Limit} {b.Window} {string.Join(' ', b.Thresholds)}"));
        Assert.Equal(Money.FromUsd(497.5m), options.Budgets[0].HardLimit);
        Assert.Equal(("Host=db;Username=sluice", BudgetDoubt.Pass, BudgetDoubt.Pass, TimeSpan.FromSeconds(5)),
            (options.BudgetState.Postgres, options.BudgetState.Options.OnStateLoss, options.BudgetState.Options.OnUnpriced, options.BudgetState.Options.MaxWait));
    }

    [Theory]
    [InlineData("budgets: [{ limit: 5 }]", "name is missing")]
    [InlineData("budgets: [{ name: a }]", "limit is missing")]
    [InlineData("budgets: [{ name: a, limit: -5 }]", "must be a number from 0 to 4000000")]
    [InlineData("budgets: [{ name: a, limit: 5, scope: apps }]", "scope is 'apps'; it must be all")]
    [InlineData("budgets: [{ name: a, limit: 5, window: fortnight }]", "window is 'fortnight'")]
    [InlineData("budgets: [{ name: a, limit: 5, time_zone: Mars }]", "time_zone is 'Mars', which this machine does not know")]
    [InlineData("budgets: [{ name: a, limit: 5, at: [{ do: stop }] }]", "percent is missing")]
    [InlineData("budgets: [{ name: a, limit: 5, at: [{ percent: 5, do: forbid }] }]", "models is missing")]
    [InlineData("budgets: [{ name: a, limit: 5 }, { name: a, limit: 6 }]", "names must differ")]
    [InlineData("budgets: [{ name: a, limit: 5, hard: true }]", "is not a setting")]
    [InlineData("budget_state: { postgres: nonsense }", "postgres is no connection string")]
    public void EachMistakeIsNamedWithItsFix(string yaml, string message) => Assert.Contains(
        message, Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void RoutesMayAskHowMuchOfABudgetIsUsed()
    {
        var options = OptionsReader.Read("""
            model_routes:
              - models: { small: us.amazon.nova-lite-v1:0, large: us.amazon.nova-pro-v1:0 }
                rules: [{ budget_used: ">=80%", use: small }]
            """, "sluice.yaml");
        Assert.Equal("budget_used >=80%", Assert.Single(options.ModelRoutes[0].Rules).ToString());
    }
}
