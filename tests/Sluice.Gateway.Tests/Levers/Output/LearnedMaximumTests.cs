using System.Globalization;
using System.IO.Compression;
using Sluice.Gateway.Levers.Output;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Output;

public sealed class LearnedMaximumTests
{
    [Fact]
    public void AnUnknownTaskKeepsTheCallersLimit()
    {
        var learned = new LearnedMaximum(new OutputOptions());
        Assert.Null(learned.For(1, 4_096));
        for (var i = 0; i < 199; i++)
            learned.Observe(1, 100, wasCut: false);
        Assert.Null(learned.For(1, 4_096));
        learned.Observe(1, 100, wasCut: false);
        Assert.InRange(learned.For(1, 4_096)!.Value, 200, 210);
        Assert.Null(learned.For(2, 4_096));
    }

    [Fact]
    public void HeadRoomShrinksAsTheTaskIsKnownBetter()
    {
        var learned = new LearnedMaximum(new OutputOptions());
        for (var i = 0; i < 20_000; i++)
            learned.Observe(1, 1_000, wasCut: false);
        Assert.InRange(learned.For(1, 4_096)!.Value, 1_250, 1_400);
    }

    [Fact]
    public void ALimitIsNeverHigherThanTheCallersNorBelowTheFewestTokens()
    {
        var learned = new LearnedMaximum(new OutputOptions());
        for (var i = 0; i < 500; i++)
            learned.Observe(1, 2, wasCut: false);
        Assert.Equal(64, learned.For(1, 4_096));
        Assert.Null(learned.For(1, 64));
        Assert.Null(learned.For(1, 10));
    }

    [Fact]
    public void ACutReplyIsAllowedForUntilItProvesRare()
    {
        var learned = new LearnedMaximum(new OutputOptions());
        for (var i = 0; i < 5_000; i++)
            learned.Observe(1, 100, wasCut: false);
        var before = learned.For(1, 4_096)!.Value;
        learned.Observe(1, 2_000, wasCut: true);
        Assert.Equal(2_500, learned.For(1, 4_096));
        for (var i = 0; i < 1_000; i++)
            learned.Observe(1, 100, wasCut: false);
        Assert.InRange(learned.For(1, 4_096)!.Value, 1, before);
    }

    [Fact]
    public void ATaskThatChangesIsLearnedAnew()
    {
        var learned = new LearnedMaximum(new OutputOptions());
        for (var i = 0; i < 50_000; i++)
            learned.Observe(1, 3_000, wasCut: false);
        Assert.InRange(learned.For(1, 8_192)!.Value, 3_700, 4_500);
        for (var i = 0; i < 600_000; i++)
            learned.Observe(1, 100, wasCut: false);
        Assert.InRange(learned.For(1, 8_192)!.Value, 120, 150);
    }

    [Fact]
    public void TheTaskUnusedForLongestIsForgottenFirst()
    {
        var learned = new LearnedMaximum(new OutputOptions { MaximumTasks = 10, MinimumReplies = 1 });
        for (ulong task = 0; task < 10; task++)
            learned.Observe(task, 50, wasCut: false);
        Assert.NotNull(learned.For(0, 4_096));
        learned.Observe(10, 50, wasCut: false);
        Assert.Equal(10, learned.Count);
        Assert.NotNull(learned.For(0, 4_096));
        Assert.Null(learned.For(1, 4_096));
    }

    [Fact]
    public void ManyThreadsMayUseIt()
    {
        var learned = new LearnedMaximum(new OutputOptions { MaximumTasks = 50 });
        Parallel.For(0, 20_000, i =>
        {
            learned.Observe((ulong)(i % 97), i % 1_000, wasCut: i % 31 == 0);
            learned.For((ulong)(i % 89), 4_096);
        });
        Assert.Equal(50, learned.Count);
    }

    /// <summary>The output lengths of Microsoft's published traces of two services (Splitwise, 2023), each taken as one task whose callers ask for 4,096.</summary>
    [Theory]
    [InlineData("code", 0.40)]
    [InlineData("conv", 0.40)]
    public void OnRealTrafficLessThanHalfIsReservedAndFewerThanOneReplyInAThousandIsCut(string service, double mostReserved)
    {
        const long CallersLimit = 4_096;
        var learned = new LearnedMaximum(new OutputOptions());
        var (reserved, replies, cut) = (0L, 0, 0);
        foreach (var tokens in OutputTokens(service))
        {
            var limit = learned.For(1, CallersLimit) ?? CallersLimit;
            var wasCut = tokens > limit;
            learned.Observe(1, tokens, wasCut);
            reserved += limit;
            replies++;
            cut += wasCut ? 1 : 0;
        }
        var share = (double)reserved / (replies * CallersLimit);
        TestContext.Current.TestOutputHelper?.WriteLine($"{service}: {share:p1} of the quota reserved, {cut} of {replies} replies cut");
        Assert.InRange(share, 0, mostReserved);
        Assert.InRange((double)cut / replies, 0, 0.001);
    }

    private static IEnumerable<long> OutputTokens(string service)
    {
        using var file = new StreamReader(new GZipStream(File.OpenRead(SharedFolder.Path($"data/traces/AzureLLMInferenceTrace_{service}.csv.gz")), CompressionMode.Decompress));
        Assert.Equal("TIMESTAMP,ContextTokens,GeneratedTokens", file.ReadLine());
        while (file.ReadLine() is { } line)
            yield return long.Parse(line.AsSpan(line.LastIndexOf(',') + 1), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
