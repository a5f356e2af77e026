using System.CommandLine;
using Sluice.Gateway.Levers.Watching;
using Sluice.Output;

namespace Sluice.Commands.Quality;

/// <summary><c>sluice quality</c>: whether levers that may change answers keep them as good as they were.</summary>
public static class QualityCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("quality", """
            Show whether levers keep answers as good as they were. The answers of levers that may change them are compared with
            those of the model that was asked for, by app and task: from a sampled share of calls that the baseline answers once more. Each end of the interval holds
            with 95 %, however often one looks. A lever is 'suspended' (in shadow) once its answers are worse by more than the
            margin for sure; 'holds' says that for sure they are not; 'open' is all between. Exits with 1 where one is suspended.

            Examples:
              sluice quality
              sluice quality --format json
              sluice levers resume --app support --lever route
            """)
        { data, format };
        command.SetAction(parsed =>
        {
            var entries = QualityBook.Read(parsed.GetValue(data)!);
            var chosen = parsed.GetValue(format);
            (chosen == OutputFormat.Table ? QualityListing.ForPeople(entries) : QualityListing.ForMachines(entries)).Write(Console.Out, chosen);
            return entries.Any(e => e.SuspendedAt is not null) ? ExitCode.No : ExitCode.Ok;
        });
        return command;
    }
}
