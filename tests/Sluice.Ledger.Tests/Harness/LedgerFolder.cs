using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Queries;

namespace Sluice.Ledger.Tests.Harness;

/// <summary>A data directory of its own for one test, deleted with it.</summary>
internal sealed class LedgerFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("sluice-ledger-").FullName;

    public string Database => Ledger.Sqlite.Database.PathIn(Root);

    public JournalFolder Journal => new(Path.Combine(Root, "journal"));

    public string NewestSegment => Journal.FileOf(Journal.Segments()[^1]);

    public LiveLedger Open(LedgerOptions? options = null, TimeProvider? time = null) => LiveLedger.Open(
        (options ?? new LedgerOptions { DataDirectory = Root }) with { DataDirectory = Root, LockPatience = TimeSpan.Zero },
        time ?? TimeProvider.System,
        NullLogger.Instance);

    public Task<LedgerReader> ReadAsync() => LedgerReader.OpenAsync(Root, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>Writes closed records, each after its intent, and shuts the ledger down.</summary>
    public async Task WriteAsync(IEnumerable<InvocationRecord> records, LedgerOptions? options = null)
    {
        await using var ledger = Open(options);
        ledger.Write(records);
    }

    public async Task<List<InvocationRecord>> ExportAsync()
    {
        using var reader = await ReadAsync();
        return [.. reader.Export()];
    }

    /// <summary>Fails where any part of the ledger contradicts another.</summary>
    public async Task VerifyAsync()
    {
        using var reader = await ReadAsync();
        Assert.Empty(reader.Verify().Differences);
    }

    /// <summary>What a server does first: brings the database up to the journal.</summary>
    public void TakeOver() => Recovery.OpenIndexed(Root, Journal, "~", TimeProvider.System, NullLogger.Instance).Dispose();

    /// <summary>What would be left if the machine lost power now: the files as they are, none of them closed.</summary>
    public LedgerFolder Copy()
    {
        var copy = new LedgerFolder();
        foreach (var file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy.Root, Path.GetRelativePath(Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = File.Create(target);
            from.CopyTo(to);
        }
        return copy;
    }

    public void DeleteDatabase()
    {
        foreach (var file in Directory.EnumerateFiles(Root, Ledger.Sqlite.Database.FileName + "*"))
            File.Delete(file);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
