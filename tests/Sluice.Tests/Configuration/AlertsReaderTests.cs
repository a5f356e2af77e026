using Sluice.Configuration;
using Sluice.Core.Alerts;
using Sluice.Insights.Alerting;

namespace Sluice.Tests.Configuration;

public sealed class AlertsReaderTests : IDisposable
{
    private const string Variable = "SLUICE_TEST_ALERTS_READER";

    private readonly string _file = Path.GetTempFileName();

    public AlertsReaderTests()
    {
        File.WriteAllText(_file, "from a file\n");
        Environment.SetEnvironmentVariable(Variable, "https://hooks.example.com/T0P-SECRET");
    }

    public void Dispose()
    {
        File.Delete(_file);
        Environment.SetEnvironmentVariable(Variable, null);
    }

    [Fact]
    public void ChannelsOfEveryTypeAreReadWithSecretsFromElsewhere()
    {
        var channels = OptionsReader.Read(
            $$"""
            alerts:
              channels:
                - { name: ops, type: webhook, url: "https://hooks.example.com/sluice", secret_file: {{_file}} }
                - { name: chat, type: slack, url_env: {{Variable}}, kinds: [budget, unpriced_model] }
                - { type: sns, topic: "arn:aws:sns:eu-west-1:123456789012:alerts" }
                - { type: smtp, host: smtp.example.com, user: sluice, password_file: {{_file}}, from: sluice@example.com, to: [a@example.com, b@example.com] }
            """, "sluice.yaml").Alerts.Channels;

        Assert.Equal(["ops", "chat", "sns", "smtp"], channels.Select(c => c.Name));
        Assert.Equal(("https://hooks.example.com/sluice", "from a file"), (channels[0].Url!.Reveal(), channels[0].Secret!.Reveal()));
        Assert.Equal("https://hooks.example.com/T0P-SECRET", channels[1].Url!.Reveal());
        Assert.Equal([AlertKind.Budget, AlertKind.UnpricedModel], channels[1].Kinds);
        Assert.True(channels[1].Takes(AlertKind.Test) && channels[1].Takes(AlertKind.Budget) && !channels[1].Takes(AlertKind.Ledger));
        Assert.Equal("arn:aws:sns:eu-west-1:123456789012:alerts", channels[2].Topic);
        Assert.Equal(("smtp.example.com", 587, true, "sluice", "from a file", "sluice@example.com"), (channels[3].Host, channels[3].Port, channels[3].UseTls, channels[3].User, channels[3].Password!.Reveal(), channels[3].From));
        Assert.Equal(["a@example.com", "b@example.com"], channels[3].To);
    }

    [Theory]
    [InlineData("{ type: pager }", "type is 'pager'")]
    [InlineData("{ name: x }", "type is missing")]
    [InlineData("{ type: webhook }", "url_env is missing, as is 'url_file'")]
    [InlineData("{ type: webhook, url: nowhere }", "url is 'nowhere'")]
    [InlineData("{ type: webhook, url: \"https://a\", secret: clear }", "secret is not a setting")]
    [InlineData("{ type: webhook, url: \"https://a\", kinds: [fire] }", "has 'fire'; known here: budget, limit, unpriced_model")]
    [InlineData("{ type: sns, topic: alerts }", "topic is 'alerts'")]
    [InlineData("{ type: smtp, from: a@b, to: [c@d] }", "host is missing")]
    [InlineData("{ type: smtp, host: h, from: nobody, to: [c@d] }", "from has 'nobody'")]
    [InlineData("{ type: smtp, host: h, from: a@b }", "to is missing")]
    [InlineData("{ type: smtp, host: h, from: a@b, to: [c@d], user: u }", "password_env is missing")]
    [InlineData("{ type: smtp, host: h, from: a@b, to: [c@d], user: u, password_env: SLUICE_TEST_ALERTS_READER, tls: none }", "would send the password in clear")]
    public void SaysWhatIsWrongAndWhere(string channel, string part)
    {
        var wrong = Assert.Throws<ConfigurationException>(() => OptionsReader.Read($"alerts: {{ channels: [ {channel} ] }}", "sluice.yaml"));
        Assert.Contains(part, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("alerts.channels[0].", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("url_env: SLUICE_TEST_NO_SUCH", "there is no environment variable SLUICE_TEST_NO_SUCH")]
    [InlineData("url_file: /no/such/file", "the file '/no/such/file' can't be read")]
    [InlineData("url_file: FILE", "is no URL")]
    public void WhoDeliversIsToldOfASecretThatIsNotThereWithoutRepeatingIt(string where, string part)
    {
        File.WriteAllText(_file, "not a url: T0P-SECRET");
        var channel = OptionsReader.Read($"alerts: {{ channels: [ {{ type: slack, {where.Replace("FILE", _file, StringComparison.Ordinal)} }} ] }}", "sluice.yaml").Alerts.Channels[0];
        Assert.Contains(part, channel.Trouble(), StringComparison.Ordinal);
        Assert.DoesNotContain("T0P-SECRET", channel.Trouble(), StringComparison.Ordinal);
    }
}
