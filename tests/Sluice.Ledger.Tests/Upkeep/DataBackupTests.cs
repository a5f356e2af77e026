using Sluice.Core.Invocations;
using Sluice.Ledger.Budgets;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Tests.Harness;
using Sluice.Ledger.Upkeep;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Upkeep;

public sealed class DataBackupTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ACopyMadeBesideAWriterHasAllThatWasClosedBeforeAndIsSound()
    {
        var random = new RandomInvocations(11, Start);
        List<InvocationRecord> before = [.. Enumerable.Range(0, 300).Select(_ => random.Closed())];
        List<InvocationRecord> during = [.. Enumerable.Range(0, 3_000).Select(_ => random.Closed())];
        using var folder = new LedgerFolder();
        using var target = new LedgerFolder();
        await using (var ledger = folder.Open(new LedgerOptions { DataDirectory = "", SegmentBytes = 8 * 1024 }))
        {
            ledger.Write(before);
            var writer = new Thread(() => ledger.Write(during));
            writer.Start();
            DataBackup.Run(folder.Root, target.Root);
            writer.Join();
        }

        var copied = (await target.ExportAsync()).Select(r => r.InvocationId).ToHashSet();

        Assert.All(before, r => Assert.Contains(r.InvocationId, copied));
        await target.VerifyAsync();
        await using (target.Open())
        {
        }
        await target.VerifyAsync();
    }

    [Fact]
    public async Task ASegmentThatBeginsWhileTheDatabaseIsBeingCopiedIsCopiedToo()
    {
        var random = new RandomInvocations(15, Start);
        using var folder = new LedgerFolder();
        using var target = new LedgerFolder();
        await folder.WriteAsync(Closed(50));

        DataBackup.Run(folder.Root, target.Root, copying: file =>
        {
            if (Path.GetFileName(file) == "ledger.db")
                folder.WriteAsync(Closed(50)).GetAwaiter().GetResult();
        });

        await target.VerifyAsync();
        Assert.Equal(100, (await target.ExportAsync()).Count);

        List<InvocationRecord> Closed(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Closed())];
    }

    [Fact]
    public async Task ARestoredDirectoryHasTheSameTotals()
    {
        var random = new RandomInvocations(12, Start);
        using var folder = new LedgerFolder();
        using var target = new LedgerFolder();
        await folder.WriteAsync(Enumerable.Range(0, 200).Select(_ => random.Closed()));
        await File.WriteAllTextAsync(Path.Combine(folder.Root, "keys.json"), "{}");
        BudgetDatabase.Set(folder.Root, new Core.Budgets.Budget { Name = "chat", Scope = Core.Budgets.BudgetScope.TryParse("app:chat")!, Limit = Core.Money.FromUsd(5), Window = new(Core.Budgets.BudgetPeriod.Month, IsRolling: false, TimeZoneInfo.Utc) });

        var result = DataBackup.Run(folder.Root, target.Root);

        Assert.False(result.HasKeys);
        var query = new SpendQuery { GroupBy = ["app", "model", "kind"] };
        using var original = await folder.ReadAsync();
        using var restored = await target.ReadAsync();
        Assert.Equal(original.Spend(query).Select(r => r with { Group = [] }), restored.Spend(query).Select(r => r with { Group = [] }));
        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(target.Root, "keys.json")));
        Assert.Equal("chat", Assert.Single(BudgetDatabase.Managed(target.Root)).Name);
        Assert.Empty(Directory.GetFiles(target.Root, "*.lock"));
    }

    [Fact]
    public async Task OnlyTheOwnerMayReadACopy()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new LedgerFolder();
        await folder.WriteAsync([new RandomInvocations(13, Start).Closed()]);
        await File.WriteAllTextAsync(Path.Combine(folder.Root, "master.key"), "secret");
        var target = Path.Combine(folder.Root, "..", Path.GetRandomFileName());
        try
        {
            Assert.True(DataBackup.Run(folder.Root, target).HasKeys);
            foreach (var file in Directory.GetFiles(target, "*", SearchOption.AllDirectories))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    [Fact]
    public async Task NothingIsCopiedIntoADirectoryThatIsInUse()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync([new RandomInvocations(14, Start).Closed()]);

        var refused = Assert.Throws<LedgerUnavailableException>(() => DataBackup.Run(folder.Root, folder.Root));

        Assert.Contains("is not empty", refused.Message, StringComparison.Ordinal);
    }
}
