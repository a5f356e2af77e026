using Sluice.Configuration;
using Sluice.Hosting;

namespace Sluice.Tests.Hosting;

public sealed class StartWarningsTests
{
    [Theory]
    [InlineData("auth: required", true, "SIMULATOR")]
    [InlineData("upstream: simulator", true, "SIMULATOR")]
    [InlineData("upstream: aws\nurls: ['http://0.0.0.0:80']", true, "http://0.0.0.0:80 is reached from other machines without TLS")]
    [InlineData("upstream: aws\nurls: ['http://[::]:80']", true, "without TLS")]
    [InlineData("upstream: aws\nurls: ['http://example.com:80']", true, "without TLS")]
    [InlineData("upstream: aws\nkestrel: { Endpoints: { A: { Url: 'http://*:80' } } }", true, "without TLS")]
    [InlineData("upstream: aws", true, null)]
    [InlineData("upstream: aws\nurls: ['http://127.0.0.1:80', 'http://localhost:81', 'https://0.0.0.0:443']", true, null)]
    [InlineData("", false, null)]
    public void WhatIsAllowedAndSeldomMeantIsSaid(string yaml, bool hasFile, string? part)
    {
        var options = OptionsReader.Read(yaml, "sluice.yaml") with { DataDirectory = Path.Combine(Path.GetTempPath(), "sluice-is-not-here") };
        var warnings = StartWarnings.Of(options, hasFile).ToList();
        if (part is null)
            Assert.Empty(warnings);
        else
            Assert.Contains(warnings, w => w.Contains(part, StringComparison.Ordinal));
    }
}
