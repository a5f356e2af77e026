using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Caching;

/// <summary>
/// Hashes the growing prefixes of a prompt. What counts is what the model would read: names, values and their order, but
/// neither the JSON's white space and escapes nor the cache markers themselves.
/// </summary>
internal static class PrefixHash
{
    /// <summary>The hash of the prompt up to the end of each segment, for one scope that shares a cache.</summary>
    public static UInt128[] OfPrefixes(Prompt prompt, string scope)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendText(hash, scope);
        var prefixes = new UInt128[prompt.Segments.Count];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var i = 0; i < prefixes.Length; i++)
        {
            var segment = prompt.Segments[i];
            hash.AppendData([(byte)segment.Section]);
            AppendText(hash, segment.Role);
            Append(hash, segment.Content);
            hash.GetCurrentHash(digest);
            prefixes[i] = BinaryPrimitives.ReadUInt128BigEndian(digest);
        }
        return prefixes;
    }

    private static void Append(IncrementalHash hash, JsonElement element)
    {
        hash.AppendData([(byte)element.ValueKind]);
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (property.NameEquals("cache_control"u8) || property.NameEquals("cachePoint"u8) || property.NameEquals("prompt_cache_breakpoint"u8))
                        continue;
                    AppendText(hash, property.Name);
                    Append(hash, property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Append(hash, item);
                break;
            case JsonValueKind.String:
                element.ReadUtf8(text =>
                {
                    AppendSized(hash, text);
                    return true;
                });
                break;
            case JsonValueKind.Number:
                AppendSized(hash, JsonMarshal.GetRawUtf8Value(element));
                break;
        }
        // The end is marked, so that what follows an object or array can't be taken for a part of it.
        hash.AppendData([0xFF]);
    }

    private static void AppendText(IncrementalHash hash, string text) => AppendSized(hash, Encoding.UTF8.GetBytes(text));

    private static void AppendSized(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
