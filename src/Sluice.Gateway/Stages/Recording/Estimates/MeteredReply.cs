using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;

namespace Sluice.Gateway.Stages.Recording.Estimates;

/// <summary>One call and what was read of its reply.</summary>
/// <param name="Model">The base model that was asked.</param>
/// <param name="App">The caller's app, or null.</param>
/// <param name="Facts">Those of the request that was sent.</param>
/// <param name="Reading">What the reply said.</param>
/// <param name="StartedAt">When the call began.</param>
/// <param name="PlainBytes">The length of a reply that is one JSON object, which its headers tell even where it breaks off; 0 for streams and where they don't.</param>
/// <param name="CallerLeft">Nobody read on, which doesn't keep the model from writing on.</param>
internal readonly record struct MeteredReply(
    string Model, string? App, RequestFacts Facts, ReplyReading Reading, DateTimeOffset StartedAt, long PlainBytes, bool CallerLeft = false)
{
    /// <summary>The caller marked a part of the prompt for the cache.</summary>
    public bool IsMarked => Facts.CacheLifetimes != CacheLifetimes.None && Facts.MarkedPrefix.Hash != 0;

    /// <summary>Guessed tokens up to the last marker.</summary>
    public long MarkedGuess => IsMarked ? Math.Min(Facts.MarkedPrefix.EstimatedTokens, Facts.EstimatedInputTokens) : 0;
}
