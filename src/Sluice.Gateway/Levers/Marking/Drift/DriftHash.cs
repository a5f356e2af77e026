using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>Hashes of what is compared and never kept.</summary>
internal static class DriftHash
{
    public const ulong Start = 0x9E3779B97F4A7C15;

    public static ulong Of(ulong hash, ReadOnlySpan<byte> bytes) => ConversationKey.Hash(hash, bytes);

    public static uint Short(ulong hash, ReadOnlySpan<byte> bytes) => unchecked((uint)Of(hash, bytes));

    public static ulong Step(ulong hash, ulong value)
    {
        unchecked
        {
            hash = (hash ^ value) * 0x9E3779B97F4A7C15UL;
            return hash ^ (hash >> 32);
        }
    }
}
