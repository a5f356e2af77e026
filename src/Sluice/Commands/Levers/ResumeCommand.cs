using System.CommandLine;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Watching;

namespace Sluice.Commands.Levers;

/// <summary><c>sluice levers resume</c>: the owner's word that a lever may act again, or that its evidence is to begin anew.</summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var app = new Option<string?>("--app") { Description = "Only for calls with this tag. Default: any." };
        var task = new Option<string?>("--task") { Description = "Only for calls with this tag. Default: any." };
        var lever = new Option<string>("--lever") { Description = "The lever.", Required = true };
        lever.AcceptOnlyFromAmong([.. LeverNames.All.Select(l => l.Name())]);
        var data = CommonOptions.Data();
        var command = new Command("resume", """
            Let a lever act again that the quality watch has switched to shadow. What was found of it is forgotten, and sampling
            begins anew: do it after changing the route, or knowing why. A gateway that runs notices within a second. Exits with
            1 where nothing is known of such a lever.

            Examples:
              sluice levers resume --app support --lever route
              sluice levers resume --app support --task triage --lever output --data /var/lib/sluice
            """)
        { app, task, lever, data };
        command.SetAction(parsed =>
        {
            var (directory, forApp, forTask, name) = (parsed.GetValue(data)!, parsed.GetValue(app), parsed.GetValue(task), parsed.GetValue(lever)!);
            var fitting = QualityBook.Read(directory)
                .Where(e => e.Scope.Lever == name && (forApp is null || e.Scope.App == forApp) && (forTask is null || e.Scope.Task == forTask)).ToList();
            if (fitting.Count == 0)
            {
                Console.Error.WriteLine($"Nothing is known of the lever {name} for these calls in '{directory}'; 'sluice quality' lists what is.");
                return ExitCode.No;
            }
            QualityBook.Resume(directory, forApp, forTask, name);
            foreach (var entry in fitting)
                Console.WriteLine($"{name}, app {entry.Scope.App ?? "(none)"}, task {entry.Scope.Task ?? "(none)"}: {(entry.SuspendedAt is null ? "was not suspended" : "resumed")}, sampling begins anew");
            return ExitCode.Ok;
        });
        return command;
    }
}
