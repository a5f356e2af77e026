using System.Collections.Immutable;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;

namespace Sluice.Bedrock.Requests;

/// <summary>The lifetimes that the cache markers of a request ask for.</summary>
[Flags]
public enum CacheLifetimes
{
    /// <summary>No marker; a model that caches on its own uses its shortest lifetime.</summary>
    None = 0,
    FiveMinutes = 1,
    OneHour = 2,
}

/// <summary>
/// What must be known of a request before it leaves. A body that cannot be read gives the facts that could be, and
/// <see cref="WellFormed"/> says so: the upstream answers the error, not Sluice.
/// </summary>
public sealed record RequestFacts
{
    public required Dialect Dialect { get; init; }

    /// <summary>The model identifier as the caller sent it: from the path, else from the body; null where neither names one.</summary>
    public string? Model { get; init; }

    /// <summary>The reply will be a stream: the operation always streams, or the body says <c>"stream": true</c>.</summary>
    public bool Streamed { get; init; }

    /// <summary>The answer is to be made in the background and read later.</summary>
    public bool Background { get; init; }

    public ServiceTier Tier { get; init; }

    /// <summary>The tier in the request's own word; null where it names none.</summary>
    public string? TierName { get; init; }

    public bool LatencyOptimized { get; init; }

    /// <summary>The most tokens that the caller lets the model write; null where the request leaves it to the model.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Labels from <c>requestMetadata</c> or its header; at most <see cref="RequestReader.MaxTags"/>.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>How many answers are asked for at once; each may be as long as <see cref="MaxTokens"/> says.</summary>
    public int Answers { get; init; } = 1;

    public bool HasGuardrail { get; init; }

    /// <summary>The body is one JSON object in valid UTF-8, or the operation has no body to read.</summary>
    public bool WellFormed { get; init; }

    /// <summary>
    /// A cheap guess at the input tokens: a quarter of the prompt's UTF-8 bytes, media left out. For reserving money and for
    /// replies that report nothing; never a measurement.
    /// </summary>
    public long EstimatedInputTokens { get; init; }

    public CacheLifetimes CacheLifetimes { get; init; }

    /// <summary>What the markers cover, as the caller sent it.</summary>
    public MarkedPrefix MarkedPrefix { get; init; }

    /// <summary>Images that are sent to an embedding model, which bills each; 0 for other models, which bill them as tokens.</summary>
    public int InputImages { get; init; }

    /// <summary>Images asked of an image model; 0 for other models.</summary>
    public int RequestedImages { get; init; }

    /// <summary>The longer side of those images in pixels, by the request or the model's default; null where neither says.</summary>
    public int? ImageSize { get; init; }

    /// <summary>The quality of those images in the request's words; null where it leaves that to the model.</summary>
    public string? ImageQuality { get; init; }

    /// <summary>Search units of a rerank request; 0 for other requests.</summary>
    public SearchUnits SearchUnits { get; init; }
}
