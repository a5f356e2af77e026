using System.CommandLine;
using Sluice.Commands;

namespace Sluice.Tests.Commands;

/// <summary>Whatever a command line says, the answer is a message and an exit code, never a stack trace.</summary>
[Collection(nameof(ConsoleGroup))]
public sealed class HostileArgumentsTests : IDisposable
{
    /// <summary>These would go on for ever, or read what isn't there to be read, where the rest of the line is right.</summary>
    private static readonly string[] LongRunning = ["serve", "simulate", "demo"];

    private readonly string _previous = Environment.CurrentDirectory;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-hostile-");
    private readonly string _file;
    private readonly string _pipe;

    public HostileArgumentsTests()
    {
        // What a command makes of a name goes with the folder.
        Environment.CurrentDirectory = _folder.FullName;
        _file = Path.Combine(_folder.FullName, "wrong.format");
        File.WriteAllBytes(_file, [0xFF, 0xFE, 0x00, 0xC3, 0x28, (byte)'{', (byte)'"', 0x80]);
        _pipe = Path.Combine(_folder.FullName, "a\nname with \u001b[31m and \uFFFD");
        File.WriteAllText(_pipe, "");
    }

    public static TheoryData<string> Commands() =>
        [.. CommandHelp.All(CommandLine.Root()).Where(c => c.Subcommands.Count == 0).Select(Words)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task EveryOptionAndArgumentOfACommandMayBeAnything(string words)
    {
        var command = CommandHelp.All(CommandLine.Root()).Single(c => c.Subcommands.Count == 0 && Words(c) == words);
        string[] values =
        [
            "", " ", "\0", "-1", "0", "1e999", "99999999999999999999999999", "NaN", "2026-13-45", "=", "=x", "x=", "a,,b", "a\nb", "'; DROP TABLE x; --", "\uD800", "\u202Eabc",
            new string('x', 100_000), "/dev/null", _folder.FullName, _file, _pipe, Path.Combine(_folder.FullName, "missing"), "http://[", "127.0.0.1:99999", "%s%n", "*", "{", "~",
        ];
        foreach (var value in values)
        {
            foreach (var option in command.Options.Where(o => o.Name is not ("--help" or "--version")))
                await HoldsAsync([.. words.Split(' '), .. Required(command, option), option.Name, value]);
            if (command.Arguments.Count > 0)
                await HoldsAsync([.. words.Split(' '), .. command.Options.Where(o => o.Required).SelectMany(o => (string[])[o.Name, "x"]), .. command.Arguments.Select(_ => value)]);
            await HoldsAsync([.. words.Split(' '), value]);
        }
    }

    private static async Task HoldsAsync(string[] arguments)
    {
        var holdsNul = Array.Exists(arguments, a => a.Contains('\0', StringComparison.Ordinal));
        if (LongRunning.Contains(arguments[0]) && !holdsNul && CommandLine.Root().Parse(arguments).Errors.Count == 0)
            return;
        var whole = arguments;
        var (code, output, error) = await ConsoleGroup.RunAsync(whole);

        var shown = string.Join(' ', whole.Select(a => a.Length > 60 ? a[..60] + "..." : a));
        Assert.True(code is >= 0 and <= 3, $"{shown}: exit code {code}");
        Assert.True(!(output + error).Contains("   at ", StringComparison.Ordinal), $"{shown}: {error}");
        Assert.True(!error.Contains("unforeseen", StringComparison.Ordinal), $"{shown}: {error}");
        Assert.True(!error.Contains('\u001b', StringComparison.Ordinal), $"{shown}: the message steers a terminal");
        Assert.True(code is 0 or 1 || error.Length + output.Length > 0, $"{shown}: exit code {code} and no word");
    }

    private static IEnumerable<string> Required(Command command, Option but) =>
        command.Options.Where(o => o.Required && o != but).SelectMany(o => (string[])[o.Name, "x"]).Concat(command.Arguments.Where(a => a.Arity.MinimumNumberOfValues > 0).Select(_ => "x"));

    private static string Words(Command command)
    {
        var words = new Stack<string>();
        for (Symbol? symbol = command; symbol is Command and not RootCommand; symbol = symbol.Parents.FirstOrDefault())
            words.Push(symbol.Name);
        return string.Join(' ', words);
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = _previous;
        _folder.Delete(recursive: true);
    }
}
