using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Queries;

public sealed class ReadOnlyTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("whole")]
    [InlineData("killed")]
    [InlineData("journal alone")]
    public async Task ReadingChangesNothingInTheDirectory(string state)
    {
        using var live = new LedgerFolder();
        var random = new RandomInvocations(21, Start);
        await live.WriteAsync(Enumerable.Range(0, 50).Select(_ => random.Closed()));
        await using var ledger = live.Open();
        ledger.Write(Enumerable.Range(0, 50).Select(_ => random.Closed()));
        if (state == "whole")
            await ledger.DisposeAsync();
        using var folder = live.Copy();
        if (state == "journal alone")
            folder.DeleteDatabase();
        var before = Files(folder);

        Assert.Equal(100, (await folder.ExportAsync()).Count);
        await folder.VerifyAsync();

        Assert.Equal(before, Files(folder));
    }

    [Fact]
    public async Task ADirectoryWithoutALedgerStaysAsItIs()
    {
        using var folder = new LedgerFolder();

        var refused = await Assert.ThrowsAsync<LedgerUnavailableException>(folder.ReadAsync);

        Assert.Contains($"There is no ledger in '{folder.Root}'", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public async Task TheDatabaseAloneIsKnownToBeACopyOfParts()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync([new RandomInvocations(22, Start).Closed()]);
        Directory.Delete(Path.Combine(folder.Root, "journal"), recursive: true);

        using var reader = await folder.ReadAsync();

        Assert.Contains("this is a copy of parts", Assert.Single(reader.Verify().Differences), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseOfALaterSchemaIsRefusedByReaderAndWriter()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync([new RandomInvocations(23, Start).Closed()]);
        using (var connection = Database.OpenForWriting(folder.Root))
            connection.Run("PRAGMA user_version = 99");

        var read = await Assert.ThrowsAsync<LedgerUnavailableException>(folder.ReadAsync);
        var written = Assert.Throws<LedgerUnavailableException>(() => folder.Open());

        Assert.Equal($"'{folder.Database}' was written by a later Sluice (schema 99, this one knows 2); run that one.", read.Message);
        Assert.Equal(read.Message, written.Message);
    }

    private static List<string> Files(LedgerFolder folder) =>
        [.. Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => $"{f} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f)))}")];
}
