using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Ledger.Answers;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Answers;

public sealed class ReplyArchiveTests : IDisposable
{
    private readonly LedgerFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly List<string> _log = [];

    private string File => ReplyTable.PathIn(_folder.Root);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WhatWasKeptIsThereAfterARestart()
    {
        var random = new Random(1);
        var replies = Enumerable.Range(0, 500).Select(_ => Bytes(random, random.Next(4_000))).ToList();
        await using (var archive = Open())
        {
            for (var i = 0; i < replies.Count; i++)
                archive.Keep(Key(i), _time.GetUtcNow(), replies[i]);
        }
        await using var again = Open();
        Assert.Equal(500, again.Size.Replies);
        for (var i = 0; i < replies.Count; i++)
        {
            Assert.True(again.MayHold(Key(i), DateTimeOffset.MinValue));
            Assert.Equal(replies[i], await again.ReadAsync(Key(i), DateTimeOffset.MinValue));
        }
        Assert.False(again.MayHold(Key(500), DateTimeOffset.MinValue));
        Assert.Null(await again.ReadAsync(Key(500), DateTimeOffset.MinValue));
        // The other half of the key differs.
        Assert.Null(await again.ReadAsync((Key(3).High, 7), DateTimeOffset.MinValue));
        Assert.Empty(_log);
    }

    [Fact]
    public async Task TheNewerOfTwoRepliesToOneCallStays()
    {
        await using (var archive = Open())
        {
            archive.Keep(Key(1), _time.GetUtcNow(), [1]);
            archive.Keep(Key(1), _time.GetUtcNow().AddSeconds(1), [2]);
        }
        await using var again = Open();
        Assert.Equal([2], await again.ReadAsync(Key(1), _time.GetUtcNow().AddSeconds(1)));
        Assert.Equal(1, again.Size.Replies);
    }

    [Fact]
    public async Task AReplyThatIsTooOldIsNoneAndIsDeletedInTime()
    {
        await using var archive = Open();
        archive.Keep(Key(1), _time.GetUtcNow(), [1]);
        await UntilAsync(() => archive.MayHold(Key(1), _time.GetUtcNow()));
        Assert.False(archive.MayHold(Key(1), _time.GetUtcNow().AddSeconds(1)));
        Assert.Null(await archive.ReadAsync(Key(1), _time.GetUtcNow().AddSeconds(1)));

        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(2));
        await UntilAsync(() => archive.Size == (0, 0));
    }

    [Fact]
    public async Task TheOldestGoWhereThereIsNoRoom()
    {
        var random = new Random(2);
        await using (var archive = Open(o => o with { MaxBytes = 300_000, MaxWaiting = 10_000 }))
        {
            for (var i = 0; i < 3_000; i++)
                archive.Keep(Key(i), _time.GetUtcNow(), Bytes(random, 1_000));
        }
        await using var again = Open(o => o with { MaxBytes = 300_000 });
        Assert.InRange(again.Size.Bytes, 200_000, 300_000);
        Assert.InRange(new FileInfo(File).Length, 0, 600_000);
        Assert.True(again.MayHold(Key(2_999), DateTimeOffset.MinValue));
        Assert.False(again.MayHold(Key(0), DateTimeOffset.MinValue));

        await again.DisposeAsync();
        // A smaller bound holds from the start, and gives the disk its room back.
        await using var smaller = Open(o => o with { MaxBytes = 50_000 });
        Assert.InRange(smaller.Size.Bytes, 20_000, 50_000);
        Assert.InRange(new FileInfo(File).Length, 0, 150_000);
    }

    [Fact]
    public async Task NoMoreAreKnownThanTheirNumberAllows()
    {
        await using (var archive = Open(o => o with { MaxReplies = 50 }))
        {
            for (var i = 0; i < 500; i++)
                archive.Keep(Key(i), _time.GetUtcNow(), [1, 2, 3]);
        }
        await using var again = Open();
        Assert.InRange(again.Size.Replies, 30, 50);
    }

    [Fact]
    public async Task WhatWaitsTooLongForTheDiskIsForgottenAndNobodyIsHeldUp()
    {
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        await using var archive = Open(o => o with { MaxWaiting = 10, MaxWaitingBytes = 1_000 });
        other.Open();
        Run(other, "BEGIN IMMEDIATE");
        for (var i = 0; i < 1_000; i++)
            archive.Keep(Key(i), _time.GetUtcNow(), new byte[50]);
        Run(other, "COMMIT");
        await UntilAsync(() => archive.Size.Replies > 0);
        await archive.DisposeAsync();
        Assert.InRange(archive.Size.Replies, 1, 120);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ADamagedFileIsSetAsideLoudlyAtTheStart(int kind)
    {
        await using (var archive = Open())
            archive.Keep(Key(1), _time.GetUtcNow(), new byte[3_000]);
        await System.IO.File.WriteAllBytesAsync(File, kind == 0 ? "this is no database, but it is long enough to be looked at as one would be"u8.ToArray() : new byte[40_000], TestContext.Current.CancellationToken);

        await using var again = Open();
        Assert.Equal((0, 0), again.Size);
        // A file of nothing but zeros is an empty database to SQLite.
        Assert.Equal(kind == 0 ? 1 : _log.Count, _log.Count(l => l.Contains("damaged", StringComparison.Ordinal)));
        again.Keep(Key(2), _time.GetUtcNow(), [2]);
        await UntilAsync(() => again.MayHold(Key(2), DateTimeOffset.MinValue));
        Assert.Equal([2], await again.ReadAsync(Key(2), DateTimeOffset.MinValue));
    }

    [Fact]
    public async Task AReplyThatRotsOnTheDiskIsNeverServedAndSetsTheFileAside()
    {
        var random = new Random(3);
        var replies = Enumerable.Range(0, 200).Select(_ => Bytes(random, 2_000)).ToList();
        await using (var archive = Open())
        {
            for (var i = 0; i < replies.Count; i++)
                archive.Keep(Key(i), _time.GetUtcNow(), replies[i]);
        }
        var bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        for (var i = bytes.Length / 2; i < bytes.Length; i += 700)
            bytes[i] ^= 4;
        await System.IO.File.WriteAllBytesAsync(File, bytes, TestContext.Current.CancellationToken);

        await using var again = Open();
        for (var i = 0; i < replies.Count; i++)
        {
            if (await again.ReadAsync(Key(i), DateTimeOffset.MinValue) is { } read)
                Assert.Equal(replies[i], read);
        }
        await UntilAsync(() => _log.Exists(l => l.Contains("damaged", StringComparison.Ordinal)));
        Assert.NotEmpty(Directory.GetFiles(_folder.Root, "replies.db.damaged-*"));
        again.Keep(Key(900), _time.GetUtcNow(), [9]);
        await UntilAsync(() => again.MayHold(Key(900), DateTimeOffset.MinValue));
        Assert.Equal([9], await again.ReadAsync(Key(900), DateTimeOffset.MinValue));
    }

    [Fact]
    public async Task WithoutAFolderThatCanBeWrittenItIsEmptyAndSaysSo()
    {
        await System.IO.File.WriteAllTextAsync(_folder.Root + "/file", "", TestContext.Current.CancellationToken);
        await using var archive = Open(o => o with { DataDirectory = _folder.Root + "/file/data" });
        archive.Keep(Key(1), _time.GetUtcNow(), [1]);

        Assert.False(archive.MayHold(Key(1), DateTimeOffset.MinValue));
        Assert.Null(await archive.ReadAsync(Key(1), DateTimeOffset.MinValue));
        Assert.Contains("Replies can't be stored", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoProcessesOnOneFolderDontHinderEachOther()
    {
        await using var one = Open();
        await using var two = Open();
        await Task.WhenAll(new[] { (one, 0), (two, 1) }.Select(who => Task.Run(async () =>
        {
            for (var i = who.Item2; i < 400; i += 2)
            {
                who.Item1.Keep(Key(i), _time.GetUtcNow(), [(byte)(i % 256)]);
                if (i % 20 == who.Item2)
                    await UntilAsync(() => who.Item1.MayHold(Key(i), DateTimeOffset.MinValue));
            }
        })));
        await UntilAsync(() => one.Size.Replies == 200 && two.Size.Replies == 200);
        Assert.Equal([4], await one.ReadAsync(Key(4), DateTimeOffset.MinValue));
        Assert.Equal([5], await two.ReadAsync(Key(5), DateTimeOffset.MinValue));
        await one.DisposeAsync();
        await two.DisposeAsync();

        await using var later = Open();
        Assert.Equal(400, later.Size.Replies);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task NobodyButItsOwnerMayReadIt()
    {
        if (OperatingSystem.IsWindows())
            return;
        await System.IO.File.WriteAllTextAsync(File, "", TestContext.Current.CancellationToken);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await using var archive = Open();
        archive.Keep(Key(1), _time.GetUtcNow(), [1]);
        await UntilAsync(() => archive.Size.Replies == 1);

        var files = Directory.GetFiles(_folder.Root, "replies.db*");
        Assert.InRange(files.Length, 2, 3);
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
    }

    private ReplyArchive Open(Func<ReplyArchiveOptions, ReplyArchiveOptions>? with = null)
    {
        var options = new ReplyArchiveOptions { DataDirectory = _folder.Root, MaxBytes = 10_000_000, MaxAge = TimeSpan.FromHours(1), Patience = TimeSpan.FromSeconds(20) };
        return ReplyArchive.Open(with is null ? options : with(options), _time, new ListLogger(_log));
    }

    private static (UInt128 High, UInt128 Low) Key(int i) => ((UInt128)i << 64, UInt128.MaxValue - (UInt128)i);

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class ListLogger(List<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (log)
                log.Add(formatter(state, exception));
        }
    }
}
