using System.Buffers.Binary;
using System.Text;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Placing;

/// <summary>What is cached of a prompt at one place, and what the reply to it was like.</summary>
/// <param name="Tokens">Tokens that AWS last read or wrote there.</param>
/// <param name="Until">When they expire unless they are read before.</param>
/// <param name="OutputTokens">Tokens of the last reply.</param>
internal readonly record struct Warmth(long Tokens, DateTimeOffset Until, long OutputTokens);

/// <summary>
/// Remembers where conversations, and what many of them begin with, have their prompt cache, by what AWS said that it read and
/// wrote. Hashes and counts only, two generations of bounded size: when the younger is full, the older is forgotten, so what
/// is in use stays. Thread-safe.
/// </summary>
public sealed class WarmPlaces
{
    /// <summary>Of each generation; an entry takes 50 to 100 bytes, so both stay below 5 MB.</summary>
    internal const int MaximumEntries = 20_000;

    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private Dictionary<ulong, Warmth> _young = [], _old = [];

    internal int Count
    {
        get
        {
            lock (_gate)
                return _young.Count + _old.Count;
        }
    }

    /// <summary>What tells places apart: AWS shares no cache across accounts, models, regions or profiles.</summary>
    internal static ulong PlaceOf(Invocation invocation, string model, string? profile) => Hash(
        Hash(Hash(Hash(Hash(0, invocation.Caller.KeyId), invocation.Upstream.Name), invocation.Upstream.Region), model), profile);

    internal static ulong Key(ulong place, ulong prompt)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, prompt);
        return ConversationKey.Hash(place, bytes);
    }

    /// <summary>What is known there; nothing where it has expired.</summary>
    internal Warmth Find(ulong key, DateTimeOffset now)
    {
        lock (_gate)
            return (_young.TryGetValue(key, out var warmth) || _old.TryGetValue(key, out warmth)) && warmth.Until > now ? warmth : default;
    }

    /// <param name="key">Whose cache, and where.</param>
    /// <param name="tokens">Tokens that were read or written.</param>
    /// <param name="livesHour">Some of them were written for an hour.</param>
    /// <param name="outputTokens">Of the reply.</param>
    /// <param name="now">When the call began.</param>
    internal void Note(ulong key, long tokens, bool livesHour, long outputTokens, DateTimeOffset now)
    {
        lock (_gate)
        {
            var until = now + (livesHour ? Hour : Short);
            // What was bought for an hour is not shortened by what follows it.
            if ((_young.TryGetValue(key, out var before) || _old.TryGetValue(key, out before)) && before.Until > until)
                until = before.Until;
            Put(key, new Warmth(tokens, until, outputTokens));
        }
    }

    /// <summary>Notes that something stays where it is for an hour from now.</summary>
    internal void Settle(ulong key, DateTimeOffset now)
    {
        lock (_gate)
            Put(key, new Warmth(0, now + Hour, 0));
    }

    private void Put(ulong key, Warmth warmth)
    {
        if (_young.Count >= MaximumEntries && !_young.ContainsKey(key))
            (_young, _old) = ([], _young);
        _young[key] = warmth;
    }

    private static ulong Hash(ulong hash, string? text) => ConversationKey.Hash(hash, Encoding.UTF8.GetBytes(text ?? ""));
}
