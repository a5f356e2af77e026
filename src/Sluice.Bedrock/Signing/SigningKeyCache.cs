using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Sluice.Bedrock.Signing;

/// <summary>
/// The signing keys of the day. A key takes four HMACs to derive and serves a whole day, region and service. Safe to share
/// between threads.
/// </summary>
/// <param name="capacity">How many keys are kept; on the next one all are dropped, since a key is cheap to derive again.</param>
public sealed class SigningKeyCache(int capacity = SigningKeyCache.DefaultCapacity)
{
    public const int DefaultCapacity = 1024;

    private readonly ConcurrentDictionary<Entry, byte[]> _keys = new();

    private readonly record struct Entry(string Secret, DateOnly Date, string Region, string Service);

    /// <summary>How many keys are held now.</summary>
    public int Count => _keys.Count;

    /// <summary>Writes the 32 bytes of the key; says whether it came from the cache. A derived one isn't kept.</summary>
    internal bool GetOrDerive(string secret, in SigningScope scope, Span<byte> key)
    {
        if (_keys.TryGetValue(new Entry(secret, scope.Day, scope.Region, scope.Service), out var kept))
        {
            kept.CopyTo(key);
            return true;
        }
        Derive(secret, scope, key);
        return false;
    }

    internal void Keep(string secret, in SigningScope scope, ReadOnlySpan<byte> key)
    {
        if (_keys.Count >= capacity)
            _keys.Clear();
        _keys[new Entry(secret, scope.Day, scope.Region, scope.Service)] = key.ToArray();
    }

    private static void Derive(string secret, in SigningScope scope, Span<byte> key)
    {
        var text = new Utf8Builder(stackalloc byte[128]);
        text.Append("AWS4"u8);
        text.Append(secret);
        Span<byte> day = stackalloc byte[8];
        scope.Utc.TryFormat(day, out _, "yyyyMMdd");
        HMACSHA256.HashData(text.Written, day, key);
        text.Dispose();
        Next(scope.Region, key);
        Next(scope.Service, key);
        Next("aws4_request", key);
    }

    private static void Next(string label, Span<byte> key)
    {
        var text = new Utf8Builder(stackalloc byte[64]);
        text.Append(label);
        Span<byte> next = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text.Written, next);
        next.CopyTo(key);
        text.Dispose();
    }
}
