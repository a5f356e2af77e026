namespace Sluice.Core.Invocations;

/// <summary>Why a model stopped, in the words of each family.</summary>
public static class StopReasons
{
    /// <summary>The reply was cut off at its limit of tokens.</summary>
    public static bool IsTruncated(string? stopReason) => stopReason is "max_tokens" or "length" or "MAX_TOKENS";
}
