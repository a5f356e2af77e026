using EndToEnd.Hosts;

namespace EndToEnd.Alerting;

/// <summary>Mails over STARTTLS, sent by the real command to a server whose certificate only its owner trusts.</summary>
public sealed class MailTests
{
    [Fact]
    public async Task AMailGoesToAServerWhoseCertificateThisMachineTrusts()
    {
        using var server = new MailServer();
        using var folder = new TemporaryFolder();
        var config = await ConfigureAsync(folder, server.Port);
        var trusted = folder.File("trusted.pem");
        await File.WriteAllTextAsync(trusted, server.CertificatePem, TestContext.Current.CancellationToken);

        // What OpenSSL and .NET on Linux take for the machine's trusted certificates.
        var sent = await SluiceProcess.RunAsync(("SSL_CERT_FILE", trusted), "alerts", "test", "--config", config);

        Assert.True(sent.ExitCode == 0, sent.Everything);
        var mail = Assert.Single(server.Mails);
        Assert.Contains("From: sluice@example.com", mail, StringComparison.Ordinal);
        Assert.Contains("[Sluice]", mail, StringComparison.Ordinal);
        Assert.Equal(("sluice", "secret-of-the-mail-server"), server.Login);
        Assert.Equal(["EHLO", "STARTTLS"], server.InClear.Select(l => l.Split(' ')[0]));
    }

    [Fact]
    public async Task ACertificateThatThisMachineDoesNotTrustGetsNeitherPasswordNorMail()
    {
        using var server = new MailServer();
        using var folder = new TemporaryFolder();

        var sent = await SluiceProcess.RunAsync("alerts", "test", "--config", await ConfigureAsync(folder, server.Port));

        Assert.Equal(1, sent.ExitCode);
        Assert.Contains("certificate", sent.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-the-mail-server", sent.Everything, StringComparison.Ordinal);
        Assert.Null(server.Login);
        Assert.Empty(server.Mails);
    }

    private static async Task<string> ConfigureAsync(TemporaryFolder folder, int port)
    {
        var (config, password) = (folder.File("sluice.yaml"), folder.File("password"));
        await File.WriteAllTextAsync(password, "secret-of-the-mail-server", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            config,
            $$"""alerts: { channels: [ { name: mail, type: smtp, host: localhost, port: {{port}}, user: sluice, password_file: "{{password}}", from: sluice@example.com, to: ops@example.com } ] }""",
            TestContext.Current.CancellationToken);
        return config;
    }
}
