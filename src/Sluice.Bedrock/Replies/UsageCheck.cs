using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Replies;

/// <summary>Holds the counts of a whole reply to their own contract.</summary>
internal static class UsageCheck
{
    /// <summary>The first contradiction, of <see cref="SuspectUsage"/>; null where there is none.</summary>
    public static string? Find(ReplyFields fields, in ReportedCounts body, RequestFacts facts)
    {
        if (SplitOf(fields) > (fields[ReplyField.CacheWriteOfTotal] ?? fields[ReplyField.CacheWrite]))
            return SuspectUsage.SplitAboveWrites;
        if (MayIncludeCached(fields, body, facts))
            return SuspectUsage.InputMayIncludeCached;
        return TotalFits(fields, body) ? null : SuspectUsage.TotalMismatch;
    }

    private static long SplitOf(ReplyFields fields) => (fields[ReplyField.CacheWrite5m] ?? 0) + (fields[ReplyField.CacheWrite1h] ?? 0);

    /// <summary>
    /// Converse's <c>inputTokens</c> leave the cached tokens out. Where they are no fewer than those, and either the total counts no cached tokens
    /// beside them or the model's own API counts them inside (as OpenAI's and xAI's models did in Converse until late in 2026), both readings are
    /// possible.
    /// </summary>
    private static bool MayIncludeCached(ReplyFields fields, in ReportedCounts body, RequestFacts facts)
    {
        if (facts.Dialect != Dialect.Converse || body.Cached == 0 || body.Input is not { } input || input < body.Cached)
            return false;
        return fields[ReplyField.TotalTokens] == input + body.Output
            || (facts.Model is { } model && ModelIdentifier.Parse(model).BaseModel is { } known && CountsCachedInside(known));
    }

    /// <summary>The model's own dialect is OpenAI's, or one that was made after it.</summary>
    private static bool CountsCachedInside(string model) =>
        ModelFamilies.DialectOf(model) is Dialect.OpenAi or Dialect.Qwen or Dialect.DeepSeek or Dialect.Mistral;

    /// <summary>Some vendors' totals leave out what came from the cache, others' the reasoning.</summary>
    private static bool TotalFits(ReplyFields fields, in ReportedCounts body)
    {
        if (fields[ReplyField.TotalTokens] is not { } total || (body.TotalInput ?? body.Input) is not { } input || body.Output is not { } output)
            return true;
        return total == input + output || (body.Input is not null && total == input + output + body.Cached);
    }
}
