using System.Buffers.Binary;

namespace Sluice.Simulator.Replies;

/// <summary>
/// A seeded stream of random numbers (SplitMix64): small, and the same on every runtime, so that a seed means the same
/// replies everywhere.
/// </summary>
internal sealed class Dice(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    public ulong Next() => unchecked(Scramble(_state += Golden));

    /// <summary>Evenly from 0 to <paramref name="bound"/> - 1.</summary>
    public int Next(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Evenly from 0 to just under 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From the standard normal distribution, by the method of Box and Muller.</summary>
    public double NextNormal() =>
        Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>A UUID of version 4, as AWS's request ids are.</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Next());
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Next());
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An identifier of letters and digits, such as those behind <c>msg_bdrk_</c> and <c>tooluse_</c>.</summary>
    public string NextId(int length) => string.Create(length, this, static (span, dice) =>
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        foreach (ref var character in span)
            character = Alphabet[dice.Next(Alphabet.Length)];
    });

    /// <summary>One seed out of two, each bit of it depending on all of theirs.</summary>
    public static ulong Mix(ulong left, ulong right) => unchecked(Scramble(Scramble(left + Golden) ^ (right * Golden)));

    /// <summary>A hash that is the same in every process, for seeds and look-ups; not for anything that an attacker chooses.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = Golden ^ (ulong)bytes.Length;
            while (bytes.Length >= 8)
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0xFF51AFD7ED558CCD;
                hash ^= hash >> 32;
                bytes = bytes[8..];
            }
            foreach (var b in bytes)
                hash = (hash ^ b) * 0xC4CEB9FE1A85EC53;
            return Scramble(hash);
        }
    }

    private static ulong Scramble(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
