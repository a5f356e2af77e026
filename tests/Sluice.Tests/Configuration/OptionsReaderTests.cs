using Sluice.Configuration;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Upstreams;

namespace Sluice.Tests.Configuration;

public sealed class OptionsReaderTests
{
    [Fact]
    public void AnEmptyFileGivesTheDefaults()
    {
        var options = OptionsReader.Read("", "sluice.yaml");

        Assert.Equal(["http://127.0.0.1:8080"], options.Urls);
        Assert.Equal(UpstreamKind.Simulator, Assert.Single(options.Upstreams).Kind);
        Assert.Null(options.Auth);
    }

    [Fact]
    public void AOneLineFileChoosesAws()
    {
        var options = OptionsReader.Read("upstream: aws\nregion: eu-west-1\n", "sluice.yaml");

        var upstream = Assert.Single(options.Upstreams);
        Assert.Equal(UpstreamKind.Aws, upstream.Kind);
        Assert.Equal("eu-west-1", upstream.Region);
    }

    [Fact]
    public void TheWholeExampleOfTheDocumentationIsUnderstood()
    {
        var document = File.ReadAllText(Path.Combine(Testing.SharedFolder.RepositoryRoot, "docs", "configuration.md"));
        var yaml = document.Split("```yaml")[1].Split("```")[0]
            // The example shows both ways to name an upstream; a file has one of them.
            .Replace("upstream: aws                     #", "#", StringComparison.Ordinal)
            .Replace("region: eu-west-1                 #", "#", StringComparison.Ordinal);

        var options = OptionsReader.Read(yaml, "sluice.yaml");

        Assert.Equal(["us", "eu"], options.Upstreams.Select(u => u.Name));
        Assert.Equal(TimeSpan.FromMinutes(2), options.Upstreams[1].DrainLimit);
        Assert.Equal(AuthMode.Required, options.Auth);
        Assert.Equal("eu", Assert.Single(options.Routes).Upstream);
        Assert.Equal(LedgerFailurePolicy.Pass, options.Record.OnLedgerFailure);
        Assert.Equal(400, options.Ledger.RetentionDays);
        Assert.Equal(32 * 1024 * 1024, options.MaxRequestBodyBytes);
        Assert.Equal(7.5m, Assert.Single(options.Prices.Discounts).Percent);
        Assert.Equal("https://0.0.0.0:8443", options.Kestrel["Kestrel:Endpoints:Https:Url"]);
    }

    [Fact]
    public void EveryMistakeIsReportedAtOnceWithItsPlaceAndItsFix()
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.Read(
            """
            auth: maybe
            upstreams:
              - name: a
                type: azure
              - name: b
                type: url
            routes:
              - models: "eu.*"
                upstream: nowhere
            retry:
              max_attempts: 0
              base_dealy: 1s
            ledger:
              fsync: sometimes
            """, "sluice.yaml"));

        string[] expected =
        [
            "sluice.yaml:1:7: auth is 'maybe'; it must be one of required, optional.",
            "sluice.yaml:4:11: upstreams[0].type is 'azure'; it must be one of simulator, aws, url.",
            "sluice.yaml:5:5: upstreams[1].url is missing; an upstream of type url needs it, such as https://host:port.",
            "sluice.yaml:9:15: routes[0].upstream is 'nowhere', which no entry of 'upstreams' is named.",
            "sluice.yaml:11:17: retry.max_attempts is '0'; it must be a whole number from 1 to 10.",
            "sluice.yaml:12:3: retry.base_dealy is not a setting; known here: base_delay, max_attempts, max_delay, total_budget.",
            "sluice.yaml:14:10: ledger.fsync is 'sometimes'; it must be one of never, interval, always.",
        ];
        foreach (var line in expected)
            Assert.Contains(line, error.Errors.Select(e => e.ToString()));
        Assert.Equal(expected.Length, error.Errors.Count);
    }

    [Fact]
    public void WhatIsNotYamlIsReportedWithItsLine()
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.Read("upstream: aws\nretry: [1, 2", "sluice.yaml"));

        Assert.Contains("not valid YAML", Assert.Single(error.Errors).ToString());
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed()
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.ReadFile("/no/such/sluice.yaml"));

        Assert.Contains("/no/such/sluice.yaml", error.Message);
        Assert.Contains("--config", error.Message);
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    public void DurationsHaveUnits(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), YamlSection.ParseDuration(text));

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("1 week")]
    public void ADurationWithoutAKnownUnitIsNone(string text) => Assert.Null(YamlSection.ParseDuration(text));
}
