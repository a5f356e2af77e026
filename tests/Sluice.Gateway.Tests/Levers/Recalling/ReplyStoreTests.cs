using Sluice.Bedrock.Requests.Outlines;
using Sluice.Gateway.Levers.Recalling;

namespace Sluice.Gateway.Tests.Levers.Recalling;

public sealed class ReplyStoreTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TheLeastRecentlyUsedGoesFirst()
    {
        var store = new ReplyStore(Of(100).Bytes * 16);
        for (var i = 0; i < 16; i++)
            store.Put(Key(i), Of(100));
        Assert.True(store.TryGet(Key(0), Now, out _));

        store.Put(Key(16), Of(100));

        Assert.True(store.TryGet(Key(0), Now, out _));
        Assert.False(store.TryGet(Key(1), Now, out _));
        Assert.True(store.TryGet(Key(16), Now, out _));
    }

    [Fact]
    public void AReplyThatIsTooLargePushesNothingOut()
    {
        var store = new ReplyStore(16_000);
        store.Put(Key(1), Of(100));
        store.Put(Key(2), Of(1_000));

        Assert.True(store.TryGet(Key(1), Now, out _));
        Assert.False(store.TryGet(Key(2), Now, out _));
    }

    [Fact]
    public void AnExpiredReplyGivesItsRoomBack()
    {
        var store = new ReplyStore(16_000);
        store.Put(Key(1), Of(100));

        Assert.False(store.TryGet(Key(1), Now + TimeSpan.FromTicks(1), out _));
        Assert.Equal(0, store.Bytes);
    }

    [Fact]
    public void NeverHoldsMoreThanItsBoundAndCountsWhatItHolds()
    {
        var random = new Random(11);
        var store = new ReplyStore(50_000);
        for (var i = 0; i < 5_000; i++)
        {
            if (random.Next(3) == 0)
                store.TryGet(Key(random.Next(60)), Now.AddSeconds(-random.Next(100)), out _);
            else
                store.Put(Key(random.Next(60)), Of(random.Next(4_000)) with { StoredAt = Now.AddSeconds(-random.Next(100)) });
            Assert.InRange(store.Bytes, 0, 50_000);
        }
        var held = 0L;
        for (var i = 0; i < 60; i++)
        {
            if (store.TryGet(Key(i), DateTimeOffset.MinValue, out var reply))
                held += reply.Bytes;
        }
        Assert.Equal(held, store.Bytes);
    }

    [Fact]
    public async Task ManyThreadsLeaveItWhole()
    {
        var store = new ReplyStore(50_000);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(() =>
        {
            var random = new Random(t);
            for (var i = 0; i < 5_000; i++)
            {
                if (random.Next(2) == 0)
                    store.Put(Key(random.Next(60)), Of(random.Next(3_000)));
                else if (store.TryGet(Key(random.Next(60)), Now, out var reply))
                    Assert.Equal(200, reply.Status);
            }
        })));
        Assert.InRange(store.Bytes, 1, 50_000);
    }

    private static CacheKey Key(int i) => new((UInt128)i, 0);

    private static StoredReply Of(int bytes) => new(200, [], new byte[bytes], IsMarked: false, Now);
}
