using System.Collections.Immutable;

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

    public static ImmutableSortedDictionary<string, string> TagsOf(Invocation invocation)
    {
        var metadata = invocation.Request.Facts.Tags;
        if (metadata.Count == 0 && !HasTagHeaders(invocation.Request.Headers))
            return invocation.Caller.Tags;
        var tags = invocation.Caller.Tags.ToBuilder();
        foreach (var (name, value) in invocation.Request.Headers)
        {
            if (name.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
                Add(tags, name[HeaderPrefix.Length..].ToLowerInvariant(), HeaderBytes.Text(value));
        }
        foreach (var (name, value) in metadata)
            Add(tags, name, value);
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

    private static void Add(ImmutableSortedDictionary<string, string>.Builder tags, string name, string value)
    {
        if (name.Length is > 0 and <= MaxLength && tags.Count < MaxTags && !tags.ContainsKey(name))
            tags.Add(name, value.Length <= MaxLength ? value : value[..MaxLength]);
    }
}
