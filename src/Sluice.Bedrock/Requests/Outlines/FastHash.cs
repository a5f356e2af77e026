using System.Buffers.Binary;
using System.Numerics;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// A 64-bit hash of multiplications that are folded onto themselves, some gigabytes a second. Whoever wants to can make
/// collisions.
/// </summary>
internal static class FastHash
{
    // Odd numbers without pattern: the golden ratio, and the fractions of the roots of 3 and 5.
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xBB67AE8584CAA73B;
    private const ulong Third = 0x3C6EF372FE94F82B;

    public static ulong Of(ulong seed, ReadOnlySpan<byte> bytes)
    {
        var state = seed ^ Third;
        var length = (ulong)bytes.Length;
        for (; bytes.Length >= 16; bytes = bytes[16..])
            state = Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        Span<byte> tail = stackalloc byte[16];
        bytes.CopyTo(tail);
        state = Mix(state, BinaryPrimitives.ReadUInt64LittleEndian(tail), BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]));
        return Fold(state ^ length, First);
    }

    private static ulong Mix(ulong state, ulong low, ulong high) =>
        unchecked(BitOperations.RotateLeft(state, 29) + Fold(low ^ First ^ state, high ^ Second));

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out ulong low);
        return high ^ low;
    }
}
