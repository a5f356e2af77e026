using System.Text;
using Sluice.Core;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Tests.Levers.Cascading.Scoring;

public sealed class ScorerFileTests
{
    [Fact]
    public void WhatIsWrittenScoresTheSameOnceRead()
    {
        var weights = SampleScorer.Weights();
        var file = SampleScorer.File(weights);
        var read = AnswerScorer.Load(new MemoryStream(file));
        foreach (var answer in (string[])[SampleScorer.Good, SampleScorer.Bad, "", "neither of both"])
            Assert.Equal(new AnswerScorer(weights).Score("How much?", null, answer), read.Score("How much?", null, answer));
        Assert.Equal(file, SampleScorer.File(read.Weights));
        Assert.Equal(("small", "large"), (read.Weak, read.Strong));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AScorerOfOtherFeaturesIsRefused(bool isOfPrompts)
    {
        // The prompt's features have a fingerprint of their own, in the router inside.
        var file = SampleScorer.File(SampleScorer.Weights());
        var place = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(isOfPrompts ? FeatureSpec.Fingerprint : AnswerSpec.Fingerprint));
        file[place] = file[place] == (byte)'0' ? (byte)'1' : (byte)'0';
        if (isOfPrompts)
            WithChecksum(file, file.AsSpan().IndexOf("sluice-router\n"u8), SampleRouterLength());
        var error = Refused(WithChecksum(file, 0, file.Length));
        Assert.Contains("other features", error, StringComparison.Ordinal);
        Assert.Contains(isOfPrompts ? "sluice router train" : "sluice cascade train", error, StringComparison.Ordinal);
    }

    [Fact]
    public void DamageIsNoticedWhereverItIs()
    {
        var file = SampleScorer.File(SampleScorer.Weights());
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next("sluice-scorer\n".Length, file.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Contains("damaged", Refused(damaged), StringComparison.Ordinal);
            Assert.NotEmpty(Refused(file[..random.Next(file.Length)]));
        }
    }

    [Fact]
    public void ARouterIsNoScorer() =>
        Assert.Contains("no answer scorer", Refused(Routing.Classifying.SampleRouter.File(Routing.Classifying.SampleRouter.Weights())), StringComparison.Ordinal);

    private static int SampleRouterLength() => Routing.Classifying.SampleRouter.File(SampleScorer.Weights().Router).Length;

    private static byte[] WithChecksum(byte[] file, int start, int length)
    {
        BitConverter.TryWriteBytes(file.AsSpan(start + length - 4), Crc32.Compute(file.AsSpan(start, length - 4)));
        return file;
    }

    private static string Refused(byte[] file) => Assert.Throws<RouterModelException>(() => AnswerScorer.Load(new MemoryStream(file))).Message;
}
