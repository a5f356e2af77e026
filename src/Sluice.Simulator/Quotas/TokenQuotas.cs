using System.Collections.Concurrent;
using Sluice.Core.Metering;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Quotas;

/// <summary>
/// Quotas as on-demand Bedrock has them: input, cache writes and max_tokens are reserved before the call; afterwards output
/// is settled at the model's burndown. Cache reads are free of quota. Embedding models have requests a minute besides.
/// </summary>
internal sealed class TokenQuotas(SimulatorOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Account, BedrockModel Model), Bucket> _tokens = [];
    private readonly ConcurrentDictionary<(string Account, BedrockModel Model), Bucket> _requests = [];

    /// <summary>Reserves what the call may use at most, and says how much that is.</summary>
    /// <exception cref="Refusal">The quota doesn't have it.</exception>
    public long Reserve(string account, BedrockModel model, Prompt prompt, Usage planned)
    {
        if (options.EmbeddingRequestsPerMinute is { } requests && model.IsEmbedding
            && !_requests.GetOrAdd((account, model), _ => new Bucket(requests, time)).TryTake(1))
        {
            throw Refusal.TooManyRequests();
        }
        if (options.TokensPerMinute is not { } tokens)
            return 0;
        var most = planned.ContextTokens - planned.CacheRead + (prompt.MaxTokens ?? model.MaxOutputTokens);
        return _tokens.GetOrAdd((account, model), _ => new Bucket(tokens, time)).TryTake(most) ? most : throw Refusal.TooManyTokens();
    }

    /// <summary>Replaces the reservation by what the call used; nothing where it came to nothing.</summary>
    public void Settle(string account, BedrockModel model, long reserved, Usage used)
    {
        if (reserved > 0 && _tokens.TryGetValue((account, model), out var bucket))
            bucket.Return(reserved - (used.ContextTokens - used.CacheRead + (used.Output * model.Burndown)));
    }

    public void Clear()
    {
        _tokens.Clear();
        _requests.Clear();
    }
}
