namespace Sluice.Bedrock.Replies;

/// <summary>The token counts as one source gives them: the body, the invocation metrics or the headers. Null is unsaid.</summary>
/// <param name="Input">Input without the cached parts.</param>
/// <param name="TotalInput">Input with the cached parts inside; a source has this or <paramref name="Input"/>.</param>
internal readonly record struct ReportedCounts(long? Input, long? TotalInput, long? CacheRead, long? CacheWrite, long? Output)
{
    public long Cached => (CacheRead ?? 0) + (CacheWrite ?? 0);

    public bool HasInput => Input is not null || TotalInput is not null;

    public static ReportedCounts OfBody(ReplyFields fields)
    {
        var read = fields[ReplyField.CacheReadOfTotal] ?? fields[ReplyField.CacheRead];
        var split = fields.Has(ReplyField.CacheWrite5m) || fields.Has(ReplyField.CacheWrite1h)
            ? (fields[ReplyField.CacheWrite5m] ?? 0) + (fields[ReplyField.CacheWrite1h] ?? 0)
            : (long?)null;
        var total = fields[ReplyField.CacheWriteOfTotal] ?? fields[ReplyField.CacheWrite];
        var write = total is null || split > total ? split ?? total : total;

        var input = fields[ReplyField.Input];
        var totalInput = fields[ReplyField.TotalInput];
        // The Responses API calls its total by Anthropic's name for the rest; the details beside it give it away.
        if (totalInput is null && (fields.Has(ReplyField.CacheReadOfTotal) || fields.Has(ReplyField.CacheWriteOfTotal)))
            (input, totalInput) = (null, input);
        return new(input, totalInput, read, write, OutputOf(fields));
    }

    public static ReportedCounts OfMetrics(ReplyFields fields) => new(
        fields[ReplyField.MetricsInput],
        null,
        fields[ReplyField.MetricsCacheRead],
        fields[ReplyField.MetricsCacheWrite],
        fields[ReplyField.MetricsOutput]);

    /// <summary>Some vendors leave reasoning out of the completion's count; their total then shows it exactly.</summary>
    private static long? OutputOf(ReplyFields fields)
    {
        var output = fields[ReplyField.Output];
        var reasoning = fields[ReplyField.Reasoning];
        var isBeside = reasoning > 0 && fields[ReplyField.TotalTokens] is { } total
            && total == fields[ReplyField.TotalInput] + output + reasoning;
        return isBeside ? output + reasoning : output;
    }
}
