using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>The fields of a request's root that don't change what a model answers.</summary>
public sealed class CacheKeyFields
{
    /// <summary>
    /// Labels; whether and how the answer is streamed; and the model, which a key names apart since most operations have it in
    /// the path.
    /// </summary>
    private static readonly string[] Always = ["requestMetadata", "stream", "stream_options", "model"];

    private readonly Utf8Table<bool> _ignored = new();

    /// <param name="owners">More names, such as <c>metadata</c> (Anthropic) or <c>user</c> (OpenAI), which carry a user's id.</param>
    public CacheKeyFields(params IEnumerable<string> owners)
    {
        foreach (var name in Always.Concat(owners))
            _ignored.Set(name, true);
    }

    public static CacheKeyFields Default { get; } = new();

    internal bool Ignores(ReadOnlySpan<byte> name) => _ignored.TryGet(name, out _);
}
