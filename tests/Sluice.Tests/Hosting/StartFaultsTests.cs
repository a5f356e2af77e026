using Microsoft.AspNetCore.Connections;
using Sluice.Configuration;
using Sluice.Hosting;

namespace Sluice.Tests.Hosting;

public sealed class StartFaultsTests
{
    [Theory]
    [InlineData("Path")]
    [InlineData("KeyPath")]
    public void ACertificateFileThatIsNotThereIsNamedWithItsSetting(string setting)
    {
        var options = OptionsReader.Read($"kestrel: {{ Endpoints: {{ Https: {{ Url: 'https://127.0.0.1:0', Certificate: {{ {setting}: missing.pem }} }} }} }}", "sluice.yaml");
        var fault = Assert.Throws<CouldNotRunException>(() => StartFaults.RequireFiles(options));
        Assert.StartsWith($"kestrel.Endpoints.Https.Certificate.{setting} is 'missing.pem', which can't be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APortThatIsTakenIsNamedWithTheWayOut()
    {
        var taken = new IOException("Failed to bind to address http://127.0.0.1:8080: address already in use.", new AddressInUseException("taken"));
        Assert.Equal(
            "Failed to bind to address http://127.0.0.1:8080: address already in use. Stop what listens there, or choose another address with --urls.",
            StartFaults.Of(taken, new SluiceOptions())!.Message);
    }

    [Fact]
    public void AnHttpsAddressWithoutACertificateSaysWhereToNameOne()
    {
        var fault = StartFaults.Of(new InvalidOperationException("no certificate"), new SluiceOptions { Urls = ["https://127.0.0.1:8443"] });
        Assert.Contains("kestrel: { Certificates: { Default: { Path: tls.pem, KeyPath: tls.key } } }", fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoFaultOfListeningIsLeftToOthers() => Assert.Null(StartFaults.Of(new TimeoutException(), new SluiceOptions()));
}
