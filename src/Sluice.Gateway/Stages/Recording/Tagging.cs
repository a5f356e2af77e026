using System.Collections.Immutable;
using System.Globalization;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>
/// The labels of a call, from three places: the caller's key, <c>x-sluice-tag-*</c> headers, and Bedrock's own request
/// metadata. Where two name the same tag the key wins, since it is proved, then the header.
/// </summary>
public static class Tagging
{
    public const string HeaderPrefix = "x-sluice-tag-";

    /// <summary>Bedrock allows 16 entries of request metadata; a key and headers may add as many again.</summary>
    private const int MaxTags = 48;

    private const int MaxLength = 256;

    /// <summary>Of the names and values that a caller adds, in characters, so that no one fills the ledger with them.</summary>
    private const int MaxTotalLength = 4_096;

    /// <summary>How many of a caller's tags were left out, where any were.</summary>
    public const string DroppedTag = "sluice_tags_dropped";

    public static ImmutableSortedDictionary<string, string> TagsOf(Invocation invocation)
    {
        var metadata = invocation.Request.Facts.Tags;
        if (metadata.Count == 0 && !HasTagHeaders(invocation.Request.Headers))
            return invocation.Caller.Tags;
        var tags = invocation.Caller.Tags.ToBuilder();
        var (room, dropped) = (MaxTotalLength, 0);
        foreach (var (name, value) in invocation.Request.Headers)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                Add(tags, name[HeaderPrefix.Length..].ToLowerInvariant(), HeaderBytes.Text(value), ref room, ref dropped);
        }
        foreach (var (name, value) in metadata)
            Add(tags, name, value, ref room, ref dropped);
        if (dropped > 0)
            tags[DroppedTag] = dropped.ToString(CultureInfo.InvariantCulture);
        return tags.ToImmutable();
    }

    private static bool HasTagHeaders(HeaderList headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static void Add(ImmutableSortedDictionary<string, string>.Builder tags, string name, string value, ref int room, ref int dropped)
    {
        // What a key or a header has said already is not left out: it stands there with another value.
        if (name.Length == 0 || tags.ContainsKey(name))
            return;
        var kept = value.Length <= MaxLength ? value : value[..MaxLength];
        var length = name.Length + kept.Length;
        if (name.Length > MaxLength || tags.Count >= MaxTags || length > room)
        {
            dropped++;
            return;
        }
        room -= length;
        tags.Add(name, kept);
    }
}
