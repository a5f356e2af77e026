using System.Buffers.Binary;

namespace Sluice.Core;

/// <summary>CRC-32 with the polynomial of zlib and IEEE 802.3 (reflected 0xEDB88320), eight bytes a step.</summary>
public static class Crc32
{
    private static readonly uint[] Tables = BuildTables();

    /// <summary>The checksum of <paramref name="bytes"/>; pass an earlier result as <paramref name="seed"/> to go on from it.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        ReadOnlySpan<uint> t = Tables;
        var crc = ~seed;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t[(7 * 256) + (int)(low & 0xFF)] ^ t[(6 * 256) + (int)((low >> 8) & 0xFF)]
                ^ t[(5 * 256) + (int)((low >> 16) & 0xFF)] ^ t[(4 * 256) + (int)(low >> 24)]
                ^ t[(3 * 256) + (int)(high & 0xFF)] ^ t[(2 * 256) + (int)((high >> 8) & 0xFF)]
                ^ t[256 + (int)((high >> 16) & 0xFF)] ^ t[(int)(high >> 24)];
            bytes = bytes[8..];
        }
        foreach (var b in bytes)
            crc = (crc >> 8) ^ t[(int)((crc ^ b) & 0xFF)];
        return ~crc;
    }

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
            tables[i] = crc;
        }
        for (var i = 256; i < tables.Length; i++)
        {
            var previous = tables[i - 256];
            tables[i] = (previous >> 8) ^ tables[previous & 0xFF];
        }
        return tables;
    }
}
