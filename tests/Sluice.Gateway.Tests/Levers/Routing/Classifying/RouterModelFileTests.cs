using System.Text;
using Sluice.Core;
using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Tests.Levers.Routing.Classifying;

public sealed class RouterModelFileTests
{
    [Fact]
    public void WhatIsWrittenScoresTheSameOnceRead()
    {
        var weights = SampleRouter.Weights();
        var file = SampleRouter.File(weights);
        var read = RouterModel.Load(new MemoryStream(file));
        foreach (var prompt in (string[])[SampleRouter.Sum, SampleRouter.Greeting, "neither of both"])
        {
            foreach (var task in (string?[])[null, "sums"])
                Assert.Equal(new RouterModel(weights).Score(Encoding.UTF8.GetBytes(prompt), task), read.Score(Encoding.UTF8.GetBytes(prompt), task));
        }
        Assert.Equal(file, SampleRouter.File(read.Weights));
    }

    [Fact]
    public void AModelOfOtherFeaturesIsRefused()
    {
        var file = SampleRouter.File(SampleRouter.Weights());
        var fingerprint = Encoding.UTF8.GetBytes(FeatureSpec.Fingerprint);
        var place = file.AsSpan().IndexOf(fingerprint);
        file[place] = file[place] == (byte)'0' ? (byte)'1' : (byte)'0';
        var error = Refused(WithChecksum(file));
        Assert.Contains("other features", error, StringComparison.Ordinal);
        Assert.Contains("sluice router train", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherFormIsRefused()
    {
        var file = SampleRouter.File(SampleRouter.Weights());
        file["sluice-router\n".Length] = 99;
        Assert.Contains("form 99", Refused(WithChecksum(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void DamageIsNoticedWhereverItIs()
    {
        var file = SampleRouter.File(SampleRouter.Weights());
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next("sluice-router\n".Length, file.Length)] ^= (byte)(1 << random.Next(8));
            Assert.Contains("damaged", Refused(damaged), StringComparison.Ordinal);
            Assert.NotEmpty(Refused(file[..random.Next(file.Length)]));
        }
    }

    [Fact]
    public void SizesThatDoNotFitAreNoticedEvenWithAGoodChecksum()
    {
        var file = SampleRouter.File(SampleRouter.Weights());
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var damaged = (byte[])file.Clone();
            random.NextBytes(damaged.AsSpan(random.Next("sluice-router\n".Length, file.Length - 12), 4));
            try
            {
                RouterModel.Load(new MemoryStream(WithChecksum(damaged)));
            }
            catch (RouterModelException)
            {
                // Refused in words, or read because the bytes were mere numbers: either is well, anything else is not.
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"model\": 1}")]
    public void WhatIsNoModelIsCalledSo(string content) => Assert.Contains("no router model", Refused(Encoding.UTF8.GetBytes(content)), StringComparison.Ordinal);

    private static byte[] WithChecksum(byte[] file)
    {
        BitConverter.TryWriteBytes(file.AsSpan(file.Length - 4), Crc32.Compute(file.AsSpan(0, file.Length - 4)));
        return file;
    }

    private static string Refused(byte[] file) => Assert.Throws<RouterModelException>(() => RouterModel.Load(new MemoryStream(file))).Message;
}
