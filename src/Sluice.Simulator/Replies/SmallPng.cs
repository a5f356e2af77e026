using System.Buffers.Binary;
using System.IO.Compression;
using Sluice.Core;

namespace Sluice.Simulator.Replies;

/// <summary>A valid PNG of 8 x 8 pixels of one colour, which stands for any picture that a model draws.</summary>
internal static class SmallPng
{
    private const int Side = 8;

    public static byte[] Draw(Dice dice)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        // Width and height, eight bits of red, green and blue each, no interlacing.
        WriteChunk(file, "IHDR"u8, [0, 0, 0, Side, 0, 0, 0, Side, 8, 2, 0, 0, 0]);
        WriteChunk(file, "IDAT"u8, Pixels([(byte)dice.Next(256), (byte)dice.Next(256), (byte)dice.Next(256)]));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Pixels(ReadOnlySpan<byte> colour)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest))
        {
            for (var row = 0; row < Side; row++)
            {
                zlib.WriteByte(0);
                for (var column = 0; column < Side; column++)
                    zlib.Write(colour);
            }
        }
        return packed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(data, Crc32.Compute(type)));
        file.Write(number);
    }
}
