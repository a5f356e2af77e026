using Sluice.Ledger.Feedback;

namespace Sluice.Ledger.Tests.Feedback;

public sealed class FeedbackFileTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-feedback-");

    private string Path => System.IO.Path.Combine(_data.FullName, "feedback.jsonl");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public void WithoutAFileThereIsNoFeedback() => Assert.Empty(FeedbackFile.Read(_data.FullName).Entries);

    [Fact]
    public void TheLastWordOfAKeyAboutAnInvocationHolds()
    {
        using var file = new FeedbackFile(_data.FullName);
        file.Add(Entry("a", "one", 0.1, 0));
        file.Add(Entry("a", "two", 0.2, 1));
        file.Add(Entry("b", "one", 0.3, 2));
        file.Add(Entry("a", "one", 0.4, 3));
        file.Add(Entry("a", null, 0.5, 4));

        var (entries, damaged) = FeedbackFile.Read(_data.FullName);

        Assert.Equal([("a", "two", 0.2), ("b", "one", 0.3), ("a", "one", 0.4), ("a", null, 0.5)], entries.Select(e => (e.InvocationId, e.KeyId, e.Score)));
        Assert.Equal(0, damaged);
    }

    [Fact]
    public void WhatAKilledProcessLeftHalfWrittenIsLeftOutAndRunsIntoNothing()
    {
        using (var first = new FeedbackFile(_data.FullName))
        {
            first.Add(Entry("a", "one", 0.1, 0));
            first.Add(Entry("b", "one", 0.2, 1));
        }
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (var again = new FeedbackFile(_data.FullName))
                again.Add(Entry("c", "one", 0.3, 2));
            var (entries, damaged) = FeedbackFile.Read(_data.FullName);
            Assert.Equal("c", entries[^1].InvocationId);
            var lines = whole.AsSpan(0, length).Count((byte)'\n');
            // A line that lacks its end alone is whole all the same once the next one begins.
            Assert.InRange(entries.Count, lines + 1, lines + 2);
            Assert.Equal(1, entries.Count - lines + damaged - (IsCutInside(whole, length) ? 1 : 0));
        }
    }

    [Fact]
    public void CommentsKeepTheirLinesAndTheFileIsItsOwnersAlone()
    {
        using var file = new FeedbackFile(_data.FullName);
        file.Add(Entry("a", "one", 1, 0) with { Comment = "First.\nSecond: \"quoted\" 日本" });

        Assert.Equal("First.\nSecond: \"quoted\" 日本", Assert.Single(FeedbackFile.Read(_data.FullName).Entries).Comment);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void ManyMaySpeakAtOnce()
    {
        using var file = new FeedbackFile(_data.FullName);
        Parallel.For(0, 500, i => file.Add(Entry($"{i}", "one", 0.5, i)));

        var (entries, damaged) = FeedbackFile.Read(_data.FullName);
        Assert.Equal((500, 0L), (entries.Count, damaged));
    }

    private static bool IsCutInside(byte[] whole, int length) => length > 0 && whole[length - 1] != '\n';

    private static FeedbackEntry Entry(string invocation, string? key, double score, int second) =>
        new() { InvocationId = invocation, KeyId = key, Score = score, At = Noon.AddSeconds(second) };
}
