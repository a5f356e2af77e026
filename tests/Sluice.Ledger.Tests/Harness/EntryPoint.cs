using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Sluice.Ledger.Tests.Harness;

/// <summary>Runs the tests, or the process that a crash test will kill.</summary>
internal static class EntryPoint
{
    public static Task<int> Main(string[] args) => args switch
    {
        [WriterProcess.Argument, var directory, var seed] => WriterProcess.RunAsync(directory, int.Parse(seed)),
        _ when args.Contains("-automated") || args.Contains("@@") => ConsoleRunner.Run(args),
        _ => TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    };
}
