using System.Net;
using System.Net.Sockets;
using EndToEnd.Hosts;

namespace EndToEnd.BadInput;

/// <summary>What can be wrong before the first call: the exit codes that scripts may rely on, and messages that name the cure.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("serve")]
    [InlineData("simulate")]
    public async Task PortInUseCannotRun(string command)
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var result = await SluiceProcess.RunAsync([command, "--urls", url, .. command == "serve" ? ["--data", folder.File("data")] : Array.Empty<string>()]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains(url, result.Error);
        Assert.Contains("--urls", result.Error);
        AssertNoStackTrace(result);
    }

    [Fact]
    public async Task ConfigurationErrorsComeAllAtOnceWithTheirLines()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("sluice.yaml");
        await File.WriteAllTextAsync(file, "auth: perhaps\nupstream: nowhere\nretry:\n  max_attempts: many\nno_such_setting: 1\n");

        var result = await SluiceProcess.RunAsync("serve", "--config", file, "--data", folder.File("data"), "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{file}:1:", result.Error);
        Assert.Contains($"{file}:2:", result.Error);
        Assert.Contains($"{file}:4:", result.Error);
        Assert.Contains($"{file}:5:", result.Error);
        AssertNoStackTrace(result);
    }

    [Fact]
    public async Task BrokenYamlNamesItsPlace()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("sluice.yaml");
        await File.WriteAllTextAsync(file, "auth: required\nretry: { max_attempts: 3\n");

        var result = await SluiceProcess.RunAsync("serve", "--config", file, "--data", folder.File("data"), "--urls", "http://127.0.0.1:0");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(file, result.Error);
        AssertNoStackTrace(result);
    }

    [Fact]
    public async Task MissingConfigurationNamesTheFile()
    {
        var result = await SluiceProcess.RunAsync("serve", "--config", "no-such-file.yaml", "--urls", "http://127.0.0.1:0");

        Assert.InRange(result.ExitCode, 2, 3);
        Assert.Contains("no-such-file.yaml", result.Error);
        AssertNoStackTrace(result);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("model,price\nthis is,no,price file\n")]
    public async Task UnreadablePriceFileCannotRun(string? content)
    {
        using var folder = new TemporaryFolder();
        var prices = folder.File("own-prices.csv");
        if (content is not null)
            await File.WriteAllTextAsync(prices, content);
        var file = folder.File("sluice.yaml");
        await File.WriteAllTextAsync(file, $"prices: {{ file: {prices} }}\n");

        var result = await SluiceProcess.RunAsync("serve", "--config", file, "--data", folder.File("data"), "--urls", "http://127.0.0.1:0");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("own-prices.csv", result.Error);
        AssertNoStackTrace(result);
    }

    [Fact]
    public async Task UnknownOptionIsWrongUsage()
    {
        var result = await SluiceProcess.RunAsync("serve", "--no-such-option");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--no-such-option", result.Error);
        AssertNoStackTrace(result);
    }

    [Fact]
    public async Task MissingLedgerCannotRun()
    {
        var result = await SluiceProcess.RunAsync("ledger", "export", "--data", "no-such-folder");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("no-such-folder", result.Error);
        AssertNoStackTrace(result);
    }

    private static void AssertNoStackTrace(SluiceResult result) =>
        BadInputFixture.AssertNothingLeaked(result.Everything, new IssuedKey("-", "a secret that is nowhere", "-"));
}
