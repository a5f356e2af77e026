using Spectre.Console;

namespace Sluice.Output;

/// <summary>Shows how far long work has come: a bar on a terminal, a line now and then elsewhere.</summary>
internal static class ProgressLine
{
    private const int LinesWithoutTerminal = 4;

    public static async Task ForAsync(TextWriter output, string title, int count, Func<Action, Task> work)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            await AnsiConsole.Progress()
                .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask(title, maxValue: count);
                    await work(() => task.Increment(1));
                });
            return;
        }
        var done = 0;
        var step = Math.Max(1, count / LinesWithoutTerminal);
        await work(() =>
        {
            var now = Interlocked.Increment(ref done);
            if (now % step == 0 || now == count)
                output.WriteLine($"{title}: {now:#,0} of {count:#,0}");
        });
    }
}
