using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Watching;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Watching;

public sealed class QualityBookTests : IDisposable
{
    private static readonly WatchedScope Chat = new("chat", "triage", "route");
    private static readonly WatchedScope Mail = new("mail", null, "route");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-quality-");
    private readonly ManualTime _time = new();

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public void ASwitchOutlivesAProcessThatIsKilled()
    {
        // Not disposed: what a killed process leaves is what was written at once.
        Fail(Open(), Chat);

        using var again = Open();
        Assert.Equal(LeverMode.Shadow, ModeOf(again, "chat", "triage"));
        Assert.Equal(LeverMode.On, ModeOf(again, "chat", "other"));
        Assert.Equal(LeverMode.On, ModeOf(again, "mail", null));
        Assert.Equal(_time.GetUtcNow(), Assert.Single(again.Entries).SuspendedAt);
    }

    [Fact]
    public void AScopeWithoutTagsIsOneOfItsOwn()
    {
        using var book = Open();
        Fail(book, new WatchedScope(null, null, "route"));

        Assert.Equal((LeverMode.Shadow, LeverMode.On), (ModeOf(book, null, null), ModeOf(book, "chat", null)));
    }

    [Fact]
    public void AShadowOrOffLeverStaysWhatItIs()
    {
        using var book = Open();
        Fail(book, new WatchedScope(null, null, "route"));
        var off = new LeverOptions();

        Assert.Same(off, book.Apply(off, ImmutableSortedDictionary<string, string>.Empty));
    }

    [Fact]
    public void TheOwnerResumesARunningGatewayFromAnotherProcess()
    {
        using var book = Open();
        Fail(book, Chat);
        Fail(book, Mail);
        QualityBook.Resume(_data.FullName, "chat", null, "route");

        Assert.Equal(["mail"], QualityBook.Read(_data.FullName).Select(e => e.Scope.App));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((LeverMode.On, LeverMode.Shadow), (ModeOf(book, "chat", "triage"), ModeOf(book, "mail", null)));
        Assert.Equal(Mail, Assert.Single(book.Entries).Scope);
        // It begins anew and may be switched off again; what was resumed once is not resumed by a restart.
        Fail(book, Chat);
        using var again = Open();
        Assert.Equal(2, again.Suspended);
    }

    [Fact]
    public void AHalfWrittenResumptionWaitsForItsEnd()
    {
        using var book = Open();
        Fail(book, Chat);
        var file = Path.Combine(_data.FullName, "quality-resumed.jsonl");
        File.WriteAllText(file, "{\"app\":\"ch");
        Assert.Equal(1, Open().Suspended);
        File.AppendAllText(file, "at\"}\n");

        using var again = Open();
        Assert.Equal(0, again.Suspended);
    }

    [Fact]
    public void VerdictsAreWrittenFromTimeToTimeAndAtTheEnd()
    {
        var book = Open();
        book.Add(Mail, 0.05, treatedGood: true, baselineGood: true);
        Assert.Empty(QualityBook.Read(_data.FullName));
        _time.Advance(TimeSpan.FromSeconds(11));
        book.Add(Mail, 0.05, treatedGood: true, baselineGood: false);
        Assert.Equal(2, QualityBook.Read(_data.FullName)[0].Pairs.Count);
        book.NotCompared(Mail, 0.05);
        book.Dispose();
        Assert.Equal((2L, 1L, "open"), (QualityBook.Read(_data.FullName)[0].Pairs.Count, QualityBook.Read(_data.FullName)[0].NotCompared, QualityBook.Read(_data.FullName)[0].State));
    }

    [Fact]
    public void ALeverThatHoldsIsShownToHold()
    {
        using var book = Open();
        for (var i = 0; i < 300; i++)
            book.Add(Mail, 0.05, treatedGood: true, baselineGood: true);

        Assert.Equal("holds", Assert.Single(book.Entries).State);
    }

    [Fact]
    public void ADamagedFileIsNotTakenForAnEmptyOne()
    {
        File.WriteAllText(Path.Combine(_data.FullName, "quality.json"), "{\"entries\": [");

        Assert.Contains("quality.json", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TagsWithoutEndDoNotFillMemory()
    {
        using var book = Open();
        for (var i = 0; i < 4_096; i++)
            book.Add(new WatchedScope("a", $"{i}", "route"), 0.05, true, true);

        Assert.True(book.HasRoomFor(new WatchedScope("a", "17", "route")));
        Assert.False(book.HasRoomFor(new WatchedScope("a", "one more", "route")));
    }

    private QualityBook Open() => QualityBook.Open(_data.FullName, _time, NullLogger<QualityBook>.Instance);

    private static void Fail(QualityBook book, WatchedScope scope)
    {
        for (var i = 0; i < 50; i++)
            book.Add(scope, 0.05, treatedGood: false, baselineGood: true);
    }

    private static LeverMode ModeOf(QualityBook book, string? app, string? task)
    {
        var tags = ImmutableSortedDictionary<string, string>.Empty;
        if (app is not null)
            tags = tags.Add("app", app);
        if (task is not null)
            tags = tags.Add("task", task);
        return book.Apply(new LeverOptions().With(Lever.Route, LeverMode.On), tags).ModeOf(Lever.Route);
    }
}
