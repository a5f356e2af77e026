using System.Text;

namespace Sluice.Core.Tests;

public sealed class Crc32Tests
{
    // The check value of CRC-32/ISO-HDLC, and figures that zlib's crc32 gives.
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0xE8B7BE43u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void MatchesPublishedCheckValues(string text, uint expected) => Assert.Equal(expected, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void AgreesWithTheDefinitionBitByBitAtEveryLength()
    {
        var random = new Random(32);
        for (var length = 0; length < 70; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(BitByBit(bytes), Crc32.Compute(bytes));
        }
    }

    [Fact]
    public void GoesOnFromAnEarlierResultAtAnySplit()
    {
        var bytes = new byte[41];
        new Random(1).NextBytes(bytes);
        var whole = Crc32.Compute(bytes);
        for (var split = 0; split <= bytes.Length; split++)
            Assert.Equal(whole, Crc32.Compute(bytes.AsSpan(split), Crc32.Compute(bytes.AsSpan(0, split))));
    }

    private static uint BitByBit(byte[] bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        }
        return ~crc;
    }
}
