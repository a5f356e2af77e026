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
            "sluice.yaml:12:3: retry.base_dealy is not a setting; known here: base_delay, max_attempts, max_delay, total_budget. Did you mean 'base_delay'?",
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
    public void DurationsHaveUnits(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), SettingText.Duration(text));

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("1 week")]
    public void ADurationWithoutAKnownUnitIsNone(string text) => Assert.Null(SettingText.Duration(text));

    [Theory]
    [InlineData("upstreams: [{ url: 'http://h', connect_limit: 0s }]", "from 10ms to 10m")]
    [InlineData("upstreams: [{ url: 'http://h', idle_limit: 99999999999d }]", "from 1s to 1d")]
    [InlineData("retry: { base_delay: 99999999999d }", "from 0s to 1h")]
    [InlineData("limits: { max_request_body: 0 }", "from 1B to 1GB")]
    [InlineData("limits: { max_request_body: 99999999999GB }", "from 1B to 1GB")]
    [InlineData("levers: { recall: { lifetime: 0s } }", "from 1s to 400d")]
    [InlineData("budgets: [{ name: a, limit: '1,5' }]", "must be a number from 0")]
    [InlineData("upstream: aws\nregion: 'eu/../west'", "must be a region such as eu-west-1")]
    [InlineData("data: ''", "must be the path of a file or directory")]
    public void ValuesOutOfRangeNameTheRange(string yaml, string range) =>
        Assert.Contains(range, Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml")).Message);

    [Theory]
    [InlineData("upstream: 'http://svc:S3CRET@host'")]
    [InlineData("upstream: 'http://S3CRET@host:8080/path'")]
    [InlineData("upstream: 'https://host/?token=S3CRET'")]
    [InlineData("upstream: 'https://host/#S3CRET'")]
    [InlineData("upstream: 'ftp://svc:S3CRET@host'")]
    [InlineData("upstream: 'svc:S3CRET@host'")]
    [InlineData("upstreams: [{ url: 'http://svc:S3CRET@host' }]")]
    [InlineData("upstreams: [{ url: 'http://host?S3CRET' }]")]
    [InlineData("upstreams: [{ type: aws, control_plane: 'http://svc:S3CRET@host' }]")]
    public void AnUpstreamsUrlHoldsNoSecretAndNoMessageRepeatsOne(string yaml)
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml"));
        Assert.DoesNotContain("S3CRET", error.ToString());
        Assert.Null(OptionsReader.UpstreamNamed("http://svc:S3CRET@host"));
    }

    [Theory]
    [InlineData("upsteam: aws", "Did you mean 'upstream'?")]
    [InlineData("limits: { max_request_body_bytes: 1MB }", "Did you mean 'max_request_body'?")]
    [InlineData("kubernetes: yes", "is not a setting; known here:")]
    public void AMisspeltSettingIsRecognised(string yaml, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml")).Message);
}
