using Sluice.Output;

namespace Sluice.Tests.Commands;

/// <summary>Tests that run whole commands: the console is the process's own, so they run alone.</summary>
[CollectionDefinition(nameof(ConsoleGroup), DisableParallelization = true)]
public sealed class ConsoleGroup
{
    /// <summary>Runs a command line as the shell would.</summary>
    internal static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var written = new StringWriter { NewLine = "\n" };
        using var complained = new StringWriter { NewLine = "\n" };
        Console.SetOut(written);
        Console.SetError(new PlainLines(complained));
        try
        {
            var code = await Sluice.Commands.CommandLine.RunAsync(arguments, TestContext.Current.CancellationToken);
            return (code, written.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
