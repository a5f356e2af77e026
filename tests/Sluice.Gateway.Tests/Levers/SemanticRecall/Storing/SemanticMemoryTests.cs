using System.Security.Cryptography;
using System.Text;
using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Storing;

public sealed class SemanticMemoryTests
{
    private const string Question = "How do I learn to play the piano at home?";

    private const string Reworded = "How can I learn to play the piano at home?";

    private static readonly HashedEmbedder Embedder = new(RarityWeights.Unweighted);

    private static readonly Calibration Calibrated = new(Embedder.Identity, false, 0.99, 0.99, 0.6, 0.03, 1000, 500);

    private static readonly PartitionKey Here = Partition("tenant", "here");

    [Fact]
    public void WhatWasNeverCalibratedServesNothing()
    {
        var memory = Memory(null);
        memory.Add(Here, Question, Of(Question), "answer", Money.Zero);
        for (var i = 0; i < 1000; i++)
            memory.Learn(memory.Find(Here, Question, Of(Question)), isRight: true);
        Assert.Equal(BoundDecision.Ask, memory.Find(Here, Question, Of(Question)).Decision);
        Assert.False(Memory(Calibrated with { Embedder = new("another", 2, "1") }).IsCalibrated);
        Assert.False(Memory(Calibrated with { IsVerified = true }).IsCalibrated);
    }

    [Fact]
    public void ARewordedQuestionIsServedOnceTheTrafficBearsTheCalibrationOut()
    {
        var memory = Confirmed();
        var lookup = memory.Find(Here, Reworded, Of(Reworded));
        Assert.True(lookup.IsHit, lookup.Why);
        Assert.Equal("answer", lookup.Match!.AnswerId);
    }

    [Fact]
    public void NoPartitionAndNoTenantSeesAnothersEntries()
    {
        var memory = Confirmed();
        Assert.Null(memory.Find(Partition("tenant", "there"), Question, Of(Question)).Match);
        Assert.Null(memory.Find(Partition("another", "here"), Question, Of(Question)).Match);
    }

    [Fact]
    public void AVetoSaysWhichGuardObjects()
    {
        var memory = Confirmed();
        const string other = "How do I learn not to play the piano at home?";
        var lookup = memory.Find(Here, other, Of(other));
        Assert.False(lookup.IsHit);
        Assert.StartsWith("negation", lookup.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoAnswersThatLieAboutAsCloseServeNothing()
    {
        var memory = Confirmed();
        var louder = Question.ToUpperInvariant();
        memory.Add(Here, louder, Of(louder), "another answer", Money.Zero);
        Assert.Contains("another answer", memory.Find(Here, Question, Of(Question)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void ATextStandsOnceInAPartitionAndWhatIsKnownOfItStays()
    {
        var memory = Confirmed();
        memory.Hear(memory.Find(Here, Question, Of(Question)).Match!, isRight: false);
        var bytes = memory.Bytes;
        memory.Add(Here, Question, Of(Question), "newer", Money.Zero);

        var lookup = memory.Find(Here, Question, Of(Question));
        Assert.Equal((1, "newer", false), (memory.Count, lookup.Match!.AnswerId, lookup.IsHit));
        Assert.InRange(memory.Bytes, bytes - 20, bytes);
    }

    [Fact]
    public void AComplaintStopsTheEntry()
    {
        var memory = Confirmed();
        memory.Hear(memory.Find(Here, Reworded, Of(Reworded)).Match!, isRight: false);
        Assert.False(memory.Find(Here, Reworded, Of(Reworded)).IsHit);
    }

    [Fact]
    public void TheBytesStayWithinTheirBoundAndTheDearestStay()
    {
        var memory = new SemanticMemory(Embedder, null, Calibrated, new SemanticMemoryOptions { MaxBytes = 200_000 });
        for (var i = 0; i < 1000; i++)
            memory.Add(Partition("tenant", $"{i % 3}"), $"question number {i} of many", Of($"question number {i} of many"), $"{i}", Money.FromUsd(i % 10 == 0 ? 1m : 0.001m));
        Assert.InRange(memory.Bytes, 100_000, 200_000);
        var left = memory.Snapshot();
        Assert.Equal(memory.Count, left.Count);
        Assert.Equal(100, left.Count(e => e.Saving.Usd == 1m));
    }

    [Fact]
    public void ASnapshotRestoresWhatWasThere()
    {
        var memory = Confirmed();
        var restored = Memory(Calibrated);
        restored.Restore(memory.Snapshot());
        Assert.Equal(memory.Count, restored.Count);
        Assert.Equal(memory.Bytes, restored.Bytes);
        Assert.Equal("answer", restored.Find(Here, Question, Of(Question)).Match!.AnswerId);
    }

    [Fact]
    public void WhatIsRemovedIsNotFound()
    {
        var memory = Confirmed();
        memory.Remove(memory.Find(Here, Question, Of(Question)).Match!);
        Assert.Null(memory.Find(Here, Question, Of(Question)).Match);
        Assert.Equal((0, 0L), (memory.Count, memory.Bytes));
    }

    /// <summary>A memory with one entry that was right 128 times, and that never asks without need.</summary>
    private static SemanticMemory Confirmed()
    {
        var memory = Memory(Calibrated);
        memory.Add(Here, Question, Of(Question), "answer", Money.Zero);
        for (var i = 0; i < 128; i++)
            memory.Learn(memory.Find(Here, Reworded, Of(Reworded)), isRight: true);
        return memory;
    }

    private static SemanticMemory Memory(Calibration? calibration) =>
        new(Embedder, null, calibration, new SemanticMemoryOptions { Bound = new ErrorBoundOptions { ExplorationShare = 0 } });

    private static Embedding Of(string text) => CharacterFeatures.Of(text)!;

    private static PartitionKey Partition(string tenant, string name) => new(tenant, SHA512.HashData(Encoding.UTF8.GetBytes(name)));
}
