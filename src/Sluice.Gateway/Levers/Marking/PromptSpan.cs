namespace Sluice.Gateway.Levers.Marking;

/// <summary>One block of a prompt, told by the prefix that ends with it. The text itself never comes here.</summary>
/// <param name="Hash">Hash of the whole prompt from its beginning to the end of this block, over what the model reads.</param>
/// <param name="CumulativeTokens">Tokens of that prefix; never fewer than those of the block before.</param>
/// <param name="PointAllowedAfter">Whether the request's dialect can carry a cache point after this block.</param>
public readonly record struct PromptSpan(ulong Hash, int CumulativeTokens, bool PointAllowedAfter = true);

/// <summary>How long a cached prefix lives after it was last used.</summary>
public enum CacheLifetime
{
    /// <summary>The model's shortest: 5 minutes for Claude and Nova.</summary>
    Short,

    Hour,
}

/// <summary>A cache point after the block with this index.</summary>
public readonly record struct CachePoint(int Block, CacheLifetime Lifetime);
