namespace Sluice.Tests.Commands;

[Collection(nameof(ConsoleGroup))]
public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-commands-");

    [Theory]
    [InlineData("")]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task TheListOfCommandsHasALineForEachAndNoExamples(string arguments)
    {
        var (code, output, _) = await ConsoleGroup.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, code);
        Assert.DoesNotContain("Examples", output, StringComparison.Ordinal);
        Assert.InRange(output.TrimEnd().Split('\n').Length, 30, 40);
    }

    [Fact]
    public async Task EveryCommandSumsItselfUpInOneLineOfATerminal()
    {
        var (_, output, _) = await ConsoleGroup.RunAsync("--help");

        var names = Sluice.Commands.CommandLine.Root().Subcommands.Select(c => c.Name).ToList();
        Assert.All(names, name => Assert.Single(output.Split('\n'), line => System.Text.RegularExpressions.Regex.IsMatch(line, $"^(run|ask|save|bill|guard|build)? +{name} ", System.Text.RegularExpressions.RegexOptions.NonBacktracking)));
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 92));
    }

    [Theory]
    [InlineData("spedn", "There is no command 'sluice spedn'; did you mean 'spend'?")]
    [InlineData("spend --formt json", "sluice spend has no option '--formt'; did you mean '--format'?")]
    [InlineData("keys lst", "There is no command 'sluice keys lst'; did you mean 'list'?")]
    [InlineData("keys", "sluice keys needs one of its commands: create, list, show, revoke.")]
    [InlineData("spend --format xml", "--format xml: write table, csv or json.")]
    [InlineData("spend --from 2026-11-02 --to 2026-11-01", "--to 2026-11-01T00:00:00Z is not after from, which is 2026-11-02T00:00:00Z; to is the first moment no longer in the range.")]
    public async Task AMistakeIsNamedWithTheWordThatWasMeant(string arguments, string expected)
    {
        var (code, _, error) = await ConsoleGroup.RunAsync(arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Equal(expected, error.Split('\n')[0]);
        Assert.DoesNotContain("  --help", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("spend")]
    [InlineData("savings")]
    [InlineData("quality")]
    [InlineData("keys list")]
    [InlineData("keys revoke SLCX")]
    [InlineData("budgets list")]
    [InlineData("budgets remove x")]
    [InlineData("alerts list")]
    [InlineData("ledger export")]
    [InlineData("ledger verify")]
    [InlineData("ledger compact")]
    [InlineData("report spend-by-provider")]
    [InlineData("levers report")]
    [InlineData("reconcile")]
    [InlineData("backup copy-of-nothing")]
    public async Task ACommandThatReadsMakesNothingWhereThereIsNothing(string arguments)
    {
        var (code, _, error) = await ConsoleGroup.RunAsync([.. arguments.Split(' '), "--data", _folder.FullName]);

        Assert.Equal(3, code);
        Assert.Contains($"There is no ledger in '{_folder.FullName}'", error, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFileSystemInfos());
        Assert.False(Directory.Exists("copy-of-nothing"));
    }

    [Fact]
    public async Task TheConfigurationNamesTheDataDirectoryForCommandsToo()
    {
        var file = Path.Combine(_folder.FullName, "sluice.yaml");
        var data = Path.Combine(_folder.FullName, "books");
        await File.WriteAllTextAsync(file, $"data: {data}\n", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await ConsoleGroup.RunAsync("keys", "create", "--app", "chat", "--config", file)).Code);
        var (code, output, _) = await ConsoleGroup.RunAsync("keys", "list", "--config", file, "--format", "csv");

        Assert.Equal(0, code);
        Assert.Contains("app=chat", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(data, "keys.json")));
    }

    [Fact]
    public async Task AShellIsOfferedTheDimensions()
    {
        const string line = "sluice spend --by app,mo";
        var (_, output, _) = await ConsoleGroup.RunAsync($"[suggest:{line.Length}]", line);

        Assert.Equal(["app,model", "app,month"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
