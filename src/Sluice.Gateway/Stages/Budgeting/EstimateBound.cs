using Sluice.Bedrock.Replies;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>
/// The one bound that every estimate passes through: no more than the request and its model allow, which is also what budgets hold for the call,
/// so that a guess can't cost more than was held for it.
/// </summary>
internal static class EstimateBound
{
    /// <summary>What a request of these dialects lets the model write where it doesn't say (user guide, "Amazon Titan Text models" and "Meta Llama models").</summary>
    private const long DefaultOutputTokens = 512;

    /// <param name="invocation">With the request that was sent.</param>
    /// <param name="usage">An estimate.</param>
    /// <param name="reading">What the reply told; its own counts stand.</param>
    /// <param name="sheet">Of the model that it is for.</param>
    public static Usage Apply(Invocation invocation, Usage usage, ReplyReading reading, PriceSheet sheet)
    {
        var (mostInput, mostOutput) = RequestBound.Tokens(invocation, sheet);
        if (invocation.Request.Facts is { MaxTokens: null, Dialect: Dialect.TitanText or Dialect.Llama })
            mostOutput = Math.Min(mostOutput ?? DefaultOutputTokens, DefaultOutputTokens);
        if (reading.Guessed.HasFlag(GuessedCounts.Output) && usage.Output > mostOutput)
            usage = usage with { Output = Math.Max(mostOutput.Value, Math.Min(usage.Output, reading.LeastOutput)) };
        if (!reading.Guessed.HasFlag(GuessedCounts.Input) || mostInput is not { } most || usage.ContextTokens <= most)
            return usage;
        // What the cache had is known better than the rest.
        var read = Math.Min(usage.CacheRead, most);
        var write5m = Math.Min(usage.CacheWrite5m, most - read);
        var write1h = Math.Min(usage.CacheWrite1h, most - read - write5m);
        return usage with { CacheRead = read, CacheWrite5m = write5m, CacheWrite1h = write1h, Input = most - read - write5m - write1h };
    }
}
