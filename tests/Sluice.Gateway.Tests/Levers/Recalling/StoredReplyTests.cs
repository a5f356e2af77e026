using Sluice.Gateway.Levers.Recalling;

namespace Sluice.Gateway.Tests.Levers.Recalling;

public sealed class StoredReplyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void ItsBytesBringItBack()
    {
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            var body = new byte[random.Next(5_000)];
            random.NextBytes(body);
            var reply = new StoredReply(200, [.. Enumerable.Range(0, random.Next(5)).Select(n => KeyValuePair.Create("name-" + n, "Wert für 帳簿"))], body, random.Next(2) == 0, Now.AddTicks(i));

            Assert.True(StoredReply.TryRead(reply.ToBytes(), out var read));
            Assert.Equal((reply.Status, reply.IsMarked, reply.StoredAt), (read.Status, read.IsMarked, read.StoredAt));
            Assert.Equal(reply.Headers, read.Headers);
            Assert.Equal(reply.Body, read.Body);
        }
    }

    [Fact]
    public void OtherBytesAreNoReply()
    {
        var random = new Random(4);
        var bytes = new StoredReply(200, [KeyValuePair.Create("Content-Type", "application/json")], new byte[50], IsMarked: false, Now).ToBytes();
        for (var i = 0; i < 2_000; i++)
        {
            var damaged = bytes[..random.Next(bytes.Length)];
            Assert.False(StoredReply.TryRead(damaged, out _));
            var noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            StoredReply.TryRead(noise, out _);
        }
    }
}
