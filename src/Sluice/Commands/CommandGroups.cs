using System.CommandLine;
using Sluice.Commands.Alerts;
using Sluice.Commands.Allocate;
using Sluice.Commands.Backup;
using Sluice.Commands.Budgets;
using Sluice.Commands.Cascade;
using Sluice.Commands.Completion;
using Sluice.Commands.Demo;
using Sluice.Commands.Feedback;
using Sluice.Commands.Focus;
using Sluice.Commands.Import;
using Sluice.Commands.Keys;
using Sluice.Commands.Ledger;
using Sluice.Commands.Levers;
using Sluice.Commands.Price;
using Sluice.Commands.Reconcile;
using Sluice.Commands.Replay;
using Sluice.Commands.Router;
using Sluice.Commands.Routing;
using Sluice.Commands.Semantic;
using Sluice.Commands.Serve;
using Sluice.Commands.Simulate;
using Sluice.Commands.Trim;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary>Commands that help lists together.</summary>
internal sealed record CommandGroup(string Title, IReadOnlyList<Command> Commands);

/// <summary>All commands of the executable, by what they are for.</summary>
internal static class CommandGroups
{
    public static IReadOnlyList<CommandGroup> Of(TimeProvider time) =>
    [
        new("run", [DemoCommand.Create(), ServeCommand.Create(), SimulateCommand.Create(), KeysCommand.Create(time), BackupCommand.Create()]),
        new("ask",
        [
            ReportCommand.Of(ReportCatalog.Spend, "spend", time),
            ReportCommand.Of(ReportCatalog.Series, "series", time),
            ReportCommand.Of(ReportCatalog.Movers, "movers", time),
            ReportCommand.Of(ReportCatalog.Calls, "calls", time),
            ReportCommand.Of(ReportCatalog.Call, "call", time),
            ReportCommand.Of(ReportCatalog.Values, "values", time),
            ReportCommand.Of(ReportCatalog.Coverage, "coverage", time),
            Presets(time),
            LedgerCommand.Create(),
        ]),
        new("save",
        [
            ReportCommand.Of(ReportCatalog.Savings, "savings", time),
            LeversCommand.Create(time),
            ReportCommand.Of(ReportCatalog.Quality, "quality", time),
            RouteCommand.Create(),
            TrimCommand.Create(Console.OpenStandardInput),
            ReplayCommand.Create(),
        ]),
        new("bill",
        [
            ImportCommand.Create(time), ReconcileCommand.Create(time), AllocateCommand.Create(time), FocusCommand.Create(time),
            PriceCommand.Create(time, Environment.GetEnvironmentVariable),
        ]),
        new("guard", [BudgetsCommand.Create(time), AlertsCommand.Create(time)]),
        new("build", [RouterCommand.Create(), CascadeCommand.Create(), SemanticCommand.Create(), FeedbackCommand.Create(), CompletionCommand.Create()]),
    ];

    /// <summary><c>sluice report NAME</c>.</summary>
    private static Command Presets(TimeProvider time)
    {
        var command = new Command("report", "Show one of the reports that come with Sluice.");
        foreach (var preset in ReportCatalog.Presets)
            command.Add(ReportCommand.Of(preset, preset.Name, time));
        return command;
    }
}
