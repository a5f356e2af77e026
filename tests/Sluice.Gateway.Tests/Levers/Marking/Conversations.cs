using Sluice.Gateway.Levers.Marking;

namespace Sluice.Gateway.Tests.Levers.Marking;

/// <summary>Prompts and rules for the tests of marking.</summary>
internal static class Conversations
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly CachePartition Shop = new("tenant", "shop", "model", "eu-west-1", "eu.model");

    /// <summary>Claude Sonnet 4.5 on bedrock.md of 2026: 1,024 tokens; read 0.1, writes 1.25 and 2 times the input price.</summary>
    public static readonly CacheRules Claude = new() { MinimumTokens = 1024, ReadMultiplier = 0.1, ShortWriteMultiplier = 1.25, HourWriteMultiplier = 2 };

    /// <summary>A prompt of blocks of 500 tokens each; prompts of one name are prefixes of each other.</summary>
    public static PromptSpan[] Prompt(int name, int blocks, int blockTokens = 500) =>
        [.. Enumerable.Range(1, blocks).Select(i => new PromptSpan(unchecked(((ulong)name * 1_000_003) + (ulong)i), i * blockTokens))];

    /// <summary>Plans and observes, supposing that all goes as planned.</summary>
    public static MarkingPlan Send(this PrefixLearner learner, PromptSpan[] prompt, DateTimeOffset at, CacheRules? rules = null, CachePartition? partition = null)
    {
        var plan = learner.Plan(partition ?? Shop, prompt, rules ?? Claude, at);
        learner.Observe(partition ?? Shop, prompt, plan, rules ?? Claude);
        return plan;
    }
}
