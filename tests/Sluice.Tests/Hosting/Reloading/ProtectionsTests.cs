using Sluice.Configuration;
using Sluice.Hosting.Reloading;

namespace Sluice.Tests.Hosting.Reloading;

public sealed class ProtectionsTests
{
    private const string Stop = "budgets: [{ name: chat, scope: 'app:chat', limit: 500, at: [{ percent: 100, do: stop }] }]";

    private const string Limit = "limits: { rules: [{ name: per-key, concurrency: 5, requests_per_minute: 9 }] }";

    [Fact]
    public void RequiredAuthMayOnlyGoWhereTheFileSaysSo()
    {
        Assert.Contains("write 'auth: optional'", Assert.Single(Protections.Unsaid(Read("auth: required"), Read(""))));
        Assert.Empty(Protections.Unsaid(Read("auth: required"), Read("auth: optional")));
        Assert.Empty(Protections.Unsaid(Read(""), Read("")));
        Assert.Contains("auth is optional now", Assert.Single(Protections.Lost(Read("auth: required"), Read("auth: optional"))));
        Assert.Contains("auth is optional now", Assert.Single(Protections.Lost(Read(""), Read("auth: optional"))));
    }

    [Theory]
    [InlineData(Stop, "", "the budget 'chat' (app:chat, 500 USD) is gone")]
    [InlineData(Stop, "budgets: [{ name: chat, scope: 'app:chat', limit: 500 }]", "has no 'stop' any more")]
    [InlineData(Stop, "budgets: [{ name: chat, scope: 'app:other', limit: 500, at: [{ percent: 100, do: stop }] }]", "covers app:other now")]
    [InlineData(Limit, "", "the limit 'per-key' is gone")]
    [InlineData(Limit, "limits: { rules: [{ name: per-key, concurrency: 5 }] }", "has no requests_per_minute any more")]
    [InlineData(Limit, "limits: { rules: [{ name: per-key, app: x, concurrency: 5, requests_per_minute: 9 }] }", "is for other calls now")]
    [InlineData("quotas: [{ models: a, tokens_per_minute: 5 }]", "", "the quota 'a' is gone")]
    [InlineData("ledger: { on_failure: refuse }", "", "ledger.on_failure is pass now")]
    [InlineData("", "budget_state: { on_loss: pass }", "budget_state.on_loss is pass now")]
    [InlineData("", "budget_state: { unpriced: pass }", "budget_state.unpriced is pass now")]
    public void WhatGoesIsNamed(string before, string after, string part) => Assert.Contains(part, Assert.Single(Protections.Lost(Read(before), Read(after))));

    [Theory]
    [InlineData(Stop, Stop)]
    [InlineData(Limit, Limit)]
    [InlineData("", Stop)]
    [InlineData("", "auth: required")]
    [InlineData("auth: optional", "auth: required")]
    [InlineData("budgets: [{ name: told, limit: 5 }]", "")]
    public void WhatKeepsOrAddsProtectionIsNotWarnedOf(string before, string after) => Assert.Empty(Protections.Lost(Read(before), Read(after)));

    private static SluiceOptions Read(string yaml) => OptionsReader.Read(yaml, "sluice.yaml");
}
