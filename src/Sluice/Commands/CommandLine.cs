using System.CommandLine;
using Sluice.Configuration;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway.Keys;
using Sluice.Hosting;

namespace Sluice.Commands;

/// <summary>All commands of the executable.</summary>
public static class CommandLine
{
    /// <summary>How long a signal to stop may take: replies under way end first, and those whose callers have left are read for their usage.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken = default)
    {
        if (Array.Exists(arguments, a => a.Contains('\0', StringComparison.Ordinal)))
        {
            await Console.Error.WriteLineAsync("An argument holds a NUL character, which no name or number has.");
            return ExitCode.WrongUsage;
        }
        try
        {
            return await RunParsedAsync(Root().Parse(Asked(arguments)), cancellationToken);
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.WrongUsage;
        }
        catch (ArgumentException e) when (e.ParamName is "path" or "fileName" or "sourceFileName")
        {
            // Whichever option it was: the platform refuses the name before it looks for the file.
            await Console.Error.WriteLineAsync("The name of a file or directory is empty, or is none; write one.");
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.CouldNotRun;
        }
        catch (Exception e) when (e is CouldNotRunException or KeyRingException or PriceFileException or LedgerUnavailableException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.CouldNotRun;
        }
#pragma warning disable CA1031
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(Unforeseen(e));
            return ExitCode.CouldNotRun;
        }
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("""
            Sluice is a gateway and cost lab for Amazon Bedrock: it meters every call to the cent.
            Begin with:  sluice demo
            Then:        sluice serve --upstream aws, and point your AWS SDK at it
            """);
        var groups = CommandGroups.Of(TimeProvider.System);
        foreach (var command in groups.SelectMany(g => g.Commands))
            root.Add(command);
        // A command that reads the data directory can be told it by the configuration that the gateway has.
        foreach (var command in CommandHelp.All(root).Where(c => c.Options.OfType<DataOption>().Any() && c.Options.All(o => o.Name != "--config")))
            command.Add(new Option<string?>("--config") { Description = "The configuration file, for its data directory.", HelpName = "FILE" });
        CommandHelp.Use(root, groups);
        return root;
    }

    private static async Task<int> RunParsedAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.Action is CommandHelp || !ReferenceEquals(parsed.Action, parsed.CommandResult.Command.Action) && parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(Invocation, cancellationToken);
        if (CommandMistakes.Of(parsed).ToList() is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes)
                await Console.Error.WriteLineAsync(mistake);
            await Console.Error.WriteLineAsync($"Try: {string.Join(' ', CommandMistakes.Path(parsed))} --help");
            return ExitCode.WrongUsage;
        }
        var begun = DataOption.Check(parsed);
        var result = await parsed.InvokeAsync(Invocation, cancellationToken);
        if (begun is not null && Directory.Exists(begun))
            await Console.Error.WriteLineAsync($"The data directory {begun} is new.");
        return result;
    }

    private static InvocationConfiguration Invocation => new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopLimit };

    /// <summary>The words that people try first, in the words of the parser.</summary>
    private static string[] Asked(string[] arguments) => arguments switch
    {
        [] => ["--help"],
        ["help", .. var command] => [.. command, "--help"],
        ["version"] => ["--version"],
        _ => arguments,
    };

    /// <summary>One line for a fault of the program's own; SLUICE_TRACE=1 has the rest, for a report of it.</summary>
    private static string Unforeseen(Exception e) => Environment.GetEnvironmentVariable("SLUICE_TRACE") == "1"
        ? e.ToString()
        : $"Sluice met something unforeseen: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} Please report it with the output of the same command and SLUICE_TRACE=1.";
}
