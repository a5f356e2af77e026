using Sluice.Configuration;
using Sluice.Gateway.Stages.Limiting;

namespace Sluice.Tests.Configuration;

public sealed class LimitsReaderTests
{
    [Fact]
    public void NothingIsLimitedUnlessTheOwnerSaysSo() => Assert.True(OptionsReader.Read("limits: { max_request_body: 1MB }", "sluice.yaml").Limits.IsEmpty);

    [Fact]
    public void RulesAndQuotasAreReadWithTheirDefaults()
    {
        var options = OptionsReader.Read(
            """
            limits:
              max_request_body: 1MB
              rules:
                - { requests_per_minute: 300 }
                - { name: drafts, per: key_and_model, app: drafts, team: t*, task: x, key: SLCE1, models: "*opus*", tokens_per_minute: 1000000000, concurrency: 2 }
            quotas:
              - models: "*sonnet*"
                tokens_per_minute: 180000
              - { name: nova, models: "*nova*", requests_per_minute: 500, share_by: team, shares: { gold: 3 }, max_wait: 0s, max_queue: 5 }
            """, "sluice.yaml");

        Assert.Equal(1024 * 1024, options.MaxRequestBodyBytes);
        var (plain, drafts) = (options.Limits.Rules[0], options.Limits.Rules[1]);
        Assert.Equal(("limits.rules[0]", LimitPer.Key, 300L, null, null), (plain.Name, plain.Per, plain.RequestsPerMinute, plain.TokensPerMinute, plain.Concurrency));
        Assert.Equal(("drafts", LimitPer.Key | LimitPer.Model, "drafts", "t*", "x", "SLCE1", "*opus*"), (drafts.Name, drafts.Per, drafts.Scope.App, drafts.Team, drafts.Scope.Task, drafts.Scope.KeyId, drafts.Scope.Models));
        Assert.Equal((1_000_000_000L, 2), (drafts.TokensPerMinute, drafts.Concurrency));
        var (sonnet, nova) = (options.Limits.Quotas[0], options.Limits.Quotas[1]);
        Assert.Equal(("*sonnet*", 180_000L, LimitPer.Key, TimeSpan.FromSeconds(10), 100), (sonnet.Name, sonnet.TokensPerMinute, sonnet.ShareBy, sonnet.MaxWait, sonnet.MaxQueue));
        Assert.Equal((500L, LimitPer.Team, 3, TimeSpan.Zero, 5), (nova.RequestsPerMinute, nova.ShareBy, nova.Shares["gold"], nova.MaxWait, nova.MaxQueue));
    }

    [Theory]
    [InlineData("all", LimitPer.All)]
    [InlineData("app_and_model", LimitPer.App | LimitPer.Model)]
    [InlineData("key_and_app_and_model", LimitPer.Key | LimitPer.App | LimitPer.Model)]
    public void ALimitMayBeCountedBySeveralThingsTogether(string per, LimitPer expected) =>
        Assert.Equal(expected, OptionsReader.Read($"limits: {{ rules: [ {{ per: {per}, concurrency: 1 }} ] }}", "sluice.yaml").Limits.Rules[0].Per);

    [Theory]
    [InlineData("limits: { rules: [ { per: key } ] }", "limits.rules[0].requests_per_minute is missing")]
    [InlineData("limits: { rules: [ { requests_per_minute: 0 } ] }", "limits.rules[0].requests_per_minute is '0'")]
    [InlineData("limits: { rules: [ { per: user, concurrency: 1 } ] }", "limits.rules[0].per is 'user'")]
    [InlineData("limits: { rules: [ { concurrency: 1, rpm: 5 } ] }", "limits.rules[0].rpm is not a setting")]
    [InlineData("limits: { rules: [ { name: a, concurrency: 1 }, { name: a, concurrency: 1 } ] }", "names must differ")]
    [InlineData("quotas: [ { tokens_per_minute: 5 } ]", "quotas[0].models is missing")]
    [InlineData("quotas: [ { models: a } ]", "quotas[0].tokens_per_minute is missing")]
    [InlineData("quotas: [ { models: a, tokens_per_minute: 5, share_by: model } ]", "quotas[0].share_by is 'model'")]
    [InlineData("quotas: [ { models: a, tokens_per_minute: 5, shares: { x: 0 } } ]", "quotas[0].shares.x is '0'")]
    [InlineData("quotas: [ { models: a, tokens_per_minute: 5, max_wait: 1h } ]", "from 0s to 10m")]
    [InlineData("quotas: [ { models: a, tokens_per_minute: 5, upstream: nowhere } ]", "quotas[0].upstream is 'nowhere'")]
    public void SaysWhatIsWrongAndWhere(string yaml, string part)
    {
        var wrong = Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml"));
        Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
    }
}
