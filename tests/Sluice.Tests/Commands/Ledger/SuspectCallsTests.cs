using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Ledger;

namespace Sluice.Tests.Commands.Ledger;

[Collection(nameof(ConsoleGroup))]
public sealed class SuspectCallsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-suspects-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task VerifyListsCallsWhoseUsageCannotBeTrueWithTheirIds()
    {
        await BookAsync(("call-1", null), ("call-2", SuspectUsage.InputMayIncludeCached), ("call-3", SuspectUsage.TotalMismatch));

        var (code, output, _) = await ConsoleGroup.RunAsync("ledger", "verify", "--data", _folder.FullName);

        Assert.Equal(0, code);
        Assert.Contains("2 calls reported a usage that contradicts itself and are booked as reported", output, StringComparison.Ordinal);
        var lines = output.Split('\n');
        Assert.Contains(lines, l => l.StartsWith("call-2", StringComparison.Ordinal) && l.Contains("input_may_include_cached", StringComparison.Ordinal) && l.Contains("1.25", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("call-3", StringComparison.Ordinal) && l.Contains("total_mismatch", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.StartsWith("call-1", StringComparison.Ordinal));
        Assert.Contains("3 invocations: the books are sound.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereNoneIsSuspectNothingIsSaidOfThem()
    {
        await BookAsync(("call-1", null));

        Assert.DoesNotContain("contradicts", (await ConsoleGroup.RunAsync("ledger", "verify", "--data", _folder.FullName)).Output, StringComparison.Ordinal);
    }

    private async Task BookAsync(params (string Id, string? Suspect)[] calls)
    {
        await using var ledger = LiveLedger.Open(new LedgerOptions { DataDirectory = _folder.FullName }, TimeProvider.System, NullLogger.Instance);
        foreach (var (id, suspect) in calls)
        {
            var record = new InvocationRecord
            {
                InvocationId = id,
                StartedAt = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero),
                Operation = Operation.Converse,
                Outcome = Outcome.Interrupted,
                ServedModel = "amazon.nova-lite-v1:0",
                Attempts = [new AttemptRecord { Number = 1, Upstream = "bedrock", Model = "amazon.nova-lite-v1:0", StartedAt = new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero), UsageSuspect = suspect }],
            };
            ledger.Open(record);
            ledger.Close(record with { Outcome = Outcome.Completed, Usage = new Usage { Input = 10 }, Cost = Money.FromUsd(1.25m) });
        }
    }
}
