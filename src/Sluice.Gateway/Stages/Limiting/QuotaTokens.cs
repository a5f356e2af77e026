using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Models;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>
/// Tokens as AWS counts them for its quotas of tokens per minute: before a call its input and max_tokens are held, afterwards
/// input, cache writes and output at the model's burndown count, and cache reads do not (Amazon Bedrock User Guide, "Quotas
/// for Amazon Bedrock: token burndown" and "Monitoring: EstimatedTPMQuotaUsage").
/// </summary>
public static class QuotaTokens
{
    /// <summary>What a limit of the owner's own takes a call to write that names no maximum.</summary>
    public const long UnnamedMaxTokens = 4_096;

    /// <summary>How many tokens of quota an output token of the model counts; 1 for models that nothing is known of.</summary>
    /// <param name="baseModel">The foundation model's id.</param>
    public static int Burndown(string? baseModel)
    {
        if (baseModel is null)
            return 1;
        // AWS's page names 3.7 to 4.7 (5), 4.8 (15), and of the fifth generation some models (10); the others of it are taken to be alike.
        if (baseModel.StartsWith("anthropic.claude-", StringComparison.Ordinal))
        {
            var name = baseModel.AsSpan("anthropic.claude-".Length);
            if (name.StartsWith("3-7-"))
                return 5;
            var dash = name.IndexOf('-');
            if (dash < 0 || !char.IsAsciiLetter(name[0]))
                return 1;
            var version = name[(dash + 1)..];
            return version.StartsWith("4-8") ? 15 : version.StartsWith("4") ? 5 : version.StartsWith("5") ? 10 : 1;
        }
        return baseModel.StartsWith("openai.gpt-5.6", StringComparison.Ordinal) ? 10 : 1;
    }

    /// <summary>What AWS holds of its quota when the call arrives: without max_tokens, as much as the model can write.</summary>
    public static long HeldByAws(RequestFacts facts, string? baseModel) =>
        facts.EstimatedInputTokens + (Writes(facts) ? facts.MaxTokens ?? MaxOutput(baseModel) ?? UnnamedMaxTokens : 0);

    /// <summary>The most that the call can count in the end, as far as its maximum is known: what a limit that is never passed has to hold.</summary>
    public static long AtMost(RequestFacts facts, string? baseModel) =>
        facts.EstimatedInputTokens + (Writes(facts) ? (facts.MaxTokens ?? Math.Min(UnnamedMaxTokens, MaxOutput(baseModel) ?? UnnamedMaxTokens)) * Burndown(baseModel) : 0);

    /// <summary>What the call has counted.</summary>
    public static long Used(Usage usage, string? baseModel) => usage.Input + usage.CacheWrite5m + usage.CacheWrite1h + (usage.Output * Burndown(baseModel));

    private static long? MaxOutput(string? baseModel) => baseModel is null ? null : ModelAbilities.Find(baseModel)?.OutputTokens;

    private static bool Writes(RequestFacts facts) => facts.Dialect is not (Dialect.TitanEmbedding or Dialect.CohereEmbed or Dialect.CohereRerank or Dialect.Image);
}
