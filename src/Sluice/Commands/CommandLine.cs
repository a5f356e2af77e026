using System.CommandLine;
using System.CommandLine.Help;
using Sluice.Commands.Alerts;
using Sluice.Commands.Allocate;
using Sluice.Commands.Budgets;
using Sluice.Commands.Cascade;
using Sluice.Commands.Demo;
using Sluice.Commands.Feedback;
using Sluice.Commands.Focus;
using Sluice.Commands.Import;
using Sluice.Commands.Keys;
using Sluice.Commands.Ledger;
using Sluice.Commands.Levers;
using Sluice.Commands.Price;
using Sluice.Commands.Quality;
using Sluice.Commands.Reconcile;
using Sluice.Commands.Replay;
using Sluice.Commands.Reports;
using Sluice.Commands.Router;
using Sluice.Commands.Routing;
using Sluice.Commands.Savings;
using Sluice.Commands.Semantic;
using Sluice.Commands.Serve;
using Sluice.Commands.Simulate;
using Sluice.Commands.Spend;
using Sluice.Commands.Trim;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Keys;

namespace Sluice.Commands;

/// <summary>All commands of the executable.</summary>
public static class CommandLine
{
    /// <summary>How long a signal to stop may take: replies under way end first, and those whose callers have left are read for their usage.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(3);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("""
            Sluice is a gateway and cost lab for Amazon Bedrock: it meters every call to the cent.
            Begin with:  sluice demo
            Then:        sluice serve --upstream aws, and point your AWS SDK at it
            """)
        {
            DemoCommand.Create(),
            ServeCommand.Create(),
            SimulateCommand.Create(),
            PriceCommand.Create(TimeProvider.System, Environment.GetEnvironmentVariable),
            TrimCommand.Create(Console.OpenStandardInput),
            SpendCommand.Create(TimeProvider.System),
            ReportsCommand.Create(TimeProvider.System),
            BudgetsCommand.Create(TimeProvider.System),
            ImportCommand.Create(TimeProvider.System),
            ReconcileCommand.Create(TimeProvider.System),
            FocusCommand.Create(TimeProvider.System),
            AllocateCommand.Create(TimeProvider.System),
            ReplayCommand.Create(),
            CascadeCommand.Create(),
            RouterCommand.Create(),
            SavingsCommand.Create(),
            SemanticCommand.Create(),
            LedgerCommand.Create(),
            LeversCommand.Create(),
            RouteCommand.Create(),
            QualityCommand.Create(),
            FeedbackCommand.Create(),
            AlertsCommand.Create(TimeProvider.System),
            KeysCommand.Create(TimeProvider.System),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync($"Try: sluice {string.Join(' ', CommandWords(parsed))} --help");
            return ExitCode.WrongUsage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopLimit });
        }
        catch (ConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.WrongUsage;
        }
        catch (Exception e) when (e is CouldNotRunException or KeyRingException or PriceFileException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.CouldNotRun;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.CouldNotRun;
        }
    }

    private static Stack<string> CommandWords(ParseResult parsed)
    {
        var words = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? result = parsed.CommandResult; result is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command; result = command.Parent)
            words.Push(command.Command.Name);
        return words;
    }
}

/// <summary>The command could not do its work. The message names the thing, the cause and the fix.</summary>
public sealed class CouldNotRunException(string message, Exception? innerException = null) : Exception(message, innerException);
