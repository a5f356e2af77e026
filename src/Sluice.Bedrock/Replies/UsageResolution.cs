using System.Collections.Immutable;
using Sluice.Bedrock.Requests;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Replies;

/// <summary>
/// Makes one usage of what up to three sources report: the body, the invocation metrics of a stream's last chunk and the
/// token-count headers. This is the one place that says which of them counts:
/// <list type="number">
/// <item>Sources are asked in the order body, metrics, headers; a body that did not come to its end is asked last.</item>
/// <item>Each count is taken from the first source that has it. A cache count of 0 counts as unsaid while another source
/// has more, so that a source that knows nothing of caching can't erase what another one saw. Counts are never added
/// across sources.</item>
/// <item>An input that has the cached parts inside is reduced by the cache counts of its own body; where only another source
/// knows of caching, that source's input is taken.</item>
/// <item>The split of cache writes by lifetime comes from the body. Writes that no split covers go by the lifetimes that the
/// request asked for: all of one kind where it asked for one kind, 5 minutes where it asked for none, and where it asked
/// for both, or where the split may have been cut off, the same as an estimate: both go by the dearer one hour.</item>
/// <item>A count that no final source has is estimated, and the usage with it. Where a part of the reply could not be read,
/// the counts stand but may lack what that part said, so the usage is called an estimate.</item>
/// </list>
/// </summary>
/// <param name="fields">What was read of the body.</param>
/// <param name="headers">What the headers say.</param>
/// <param name="facts">What the request was, for the lifetimes and the estimates.</param>
/// <param name="bodyIsFinal">The counts of the body are those of the whole reply.</param>
/// <param name="hasGaps">A part of the reply that may have held counts could not be read.</param>
internal sealed class UsageResolution(ReplyFields fields, ReportedCounts headers, RequestFacts facts, bool bodyIsFinal, bool hasGaps)
{
    // Bytes of text that make up a token in an estimate: the usual figure for English.
    private const int BytesPerToken = 4;

    private readonly ReportedCounts _body = ReportedCounts.OfBody(fields);
    private readonly ReportedCounts _metrics = ReportedCounts.OfMetrics(fields);
    private bool _isEstimated = hasGaps;

    /// <summary>In what the counts contradict each other, of <see cref="SuspectUsage"/>; null where they don't.</summary>
    public string? Suspect { get; private set; }

    /// <summary>The name of what was used beside all that there is a kind for; null for nothing.</summary>
    public string? UnknownUse =>
        fields.UnknownCount ?? fields.UnknownTool ?? (HasUncountedSearches ? "web_search_call" : null);

    /// <summary>What was guessed from bytes alone.</summary>
    public GuessedCounts Guessed { get; private set; }

    /// <summary>A cut-off stream may have reported a running total or its opening placeholder; the text can only have grown since.</summary>
    public long LeastOutput => Math.Max(_body.Output ?? 0, fields[ReplyField.FirstOutput] ?? 0);

    public Usage? Resolve(Billing billing) => billing switch
    {
        Billing.Free => Usage.None,
        Billing.Elsewhere => null,
        Billing.Tokens => ResolveTokens(hasOutput: true),
        Billing.InputTokens => ResolveTokens(hasOutput: false),
        Billing.SearchUnits => ResolveSearchUnits(),
        Billing.Images => ResolveImages(),
        Billing.GuardrailUnits => ResolveGuardrail(),
        _ => ResolveSniffed(),
    };

    private Usage ResolveTokens(bool hasOutput)
    {
        Span<ReportedCounts> sources = bodyIsFinal ? [_body, _metrics, headers] : [_metrics, headers, _body];
        if (SaysNothingWasUsed(sources))
        {
            Suspect = SuspectUsage.EmptyCounts;
            return Estimate();
        }

        long cacheRead = 0, cacheWrite = 0;
        long? output = null;
        var hasFinalInput = false;
        for (var i = 0; i < sources.Length; i++)
        {
            cacheRead = cacheRead > 0 ? cacheRead : sources[i].CacheRead ?? 0;
            cacheWrite = cacheWrite > 0 ? cacheWrite : sources[i].CacheWrite ?? 0;
            if (!bodyIsFinal && i == sources.Length - 1)
                continue;
            output ??= sources[i].Output;
            hasFinalInput |= sources[i].HasInput;
        }
        _isEstimated |= !hasFinalInput || (hasOutput && output is null);
        if (bodyIsFinal)
            Suspect = UsageCheck.Find(fields, _body, facts);
        var input = Math.Max(0, ResolveInput(sources, cacheRead, cacheWrite) - (fields[ReplyField.InputAudio] ?? 0));
        var (write5m, write1h) = SplitWrites(cacheWrite + (fields[ReplyField.CompactionCacheWrite] ?? 0));
        return new Usage
        {
            Input = input + (fields[ReplyField.CompactionInput] ?? 0),
            CacheRead = cacheRead + (fields[ReplyField.CompactionCacheRead] ?? 0),
            CacheWrite5m = write5m,
            CacheWrite1h = write1h,
            Output = (hasOutput ? Math.Max(0, (output ?? EstimateOutput()) - (fields[ReplyField.OutputAudio] ?? 0)) : 0) + (fields[ReplyField.CompactionOutput] ?? 0),
            Units = TokenModelUnits(),
            Source = _isEstimated ? UsageSource.Estimated : UsageSource.Measured,
        };
    }

    private long ResolveInput(ReadOnlySpan<ReportedCounts> sources, long cacheRead, long cacheWrite)
    {
        foreach (ref readonly var source in sources)
        {
            if (source.Input is { } input)
                return input;
            if (source.TotalInput is not { } total)
                continue;
            var cached = cacheRead + cacheWrite;
            if (source.Cached == 0 && cached > 0 && (_metrics.Input ?? headers.Input) is { } other)
                return other;
            if (cached <= total)
                return total - cached;
            // More than all can't be inside: this total leaves the cached parts out, against its dialect.
            Suspect ??= SuspectUsage.CacheAboveInput;
            return total;
        }
        _isEstimated = true;
        Guessed |= cacheRead + cacheWrite == 0 ? GuessedCounts.Input : GuessedCounts.None;
        return Math.Max(0, facts.EstimatedInputTokens - cacheRead - cacheWrite);
    }

    private long EstimateOutput()
    {
        Guessed |= GuessedCounts.Output;
        return Math.Max(LeastOutput, TokensOf(fields.TextBytes));
    }

    private (long FiveMinutes, long OneHour) SplitWrites(long total)
    {
        var write5m = fields[ReplyField.CacheWrite5m] ?? 0;
        var write1h = fields[ReplyField.CacheWrite1h] ?? 0;
        var rest = total - write5m - write1h;
        if (rest <= 0)
            return (write5m, write1h);
        _isEstimated |= !bodyIsFinal || facts.CacheLifetimes == (CacheLifetimes.FiveMinutes | CacheLifetimes.OneHour);
        return facts.CacheLifetimes.HasFlag(CacheLifetimes.OneHour) ? (write5m, write1h + rest) : (write5m + rest, write1h);
    }

    /// <summary>
    /// Text was written, yet every count is 0: a reply that lost its usage on the way, unless a guardrail wrote the text.
    /// </summary>
    private bool SaysNothingWasUsed(ReadOnlySpan<ReportedCounts> sources)
    {
        var hasZero = false;
        foreach (ref readonly var source in sources)
        {
            if (source.Input > 0 || source.TotalInput > 0 || source.Output > 0 || source.Cached > 0)
                return false;
            hasZero |= source.HasInput;
        }
        return hasZero && fields.TextBytes > 0 && !facts.HasGuardrail && !fields.Has(ReplyField.CompactionOutput);
    }

    private Usage Estimate()
    {
        Guessed = GuessedCounts.Input | GuessedCounts.Output;
        return new Usage
        {
            Input = facts.EstimatedInputTokens,
            Output = TokensOf(fields.TextBytes),
            Units = TokenModelUnits(),
            Source = UsageSource.Estimated,
        };
    }

    private Usage ResolveSearchUnits()
    {
        var reported = fields[ReplyField.SearchUnits];
        var units = reported ?? facts.SearchUnits.Count;
        return new Usage
        {
            Units = [new UnitCount(UsageKind.SearchUnit, Math.Max(1, units)), .. OtherUnits()],
            Source = reported is not null || (bodyIsFinal && facts.SearchUnits.Exact) ? UsageSource.Measured : UsageSource.Estimated,
        };
    }

    private Usage ResolveImages()
    {
        var images = bodyIsFinal ? fields[ReplyField.OutputImages] ?? 0 : Math.Max(fields[ReplyField.OutputImages] ?? 0, facts.RequestedImages);
        return new Usage
        {
            Units = images > 0 ? [new UnitCount(UsageKind.OutputImage, images), .. OtherUnits()] : OtherUnits(),
            Source = bodyIsFinal ? UsageSource.Measured : UsageSource.Estimated,
        };
    }

    private Usage? ResolveGuardrail()
    {
        if (!fields.HasGuardrailUnits)
            return null;
        return new Usage { Units = OtherUnits(), Source = bodyIsFinal ? UsageSource.Measured : UsageSource.Estimated };
    }

    private Usage? ResolveSniffed()
    {
        if (_body.HasInput || _body.Output is not null || fields.SawMetrics || headers.HasInput)
            return ResolveTokens(hasOutput: _body.Output is not null || _metrics.Output is not null || headers.Output is not null || fields.TextBytes > 0);
        return fields.Has(ReplyField.OutputImages) ? ResolveImages() : null;
    }

    private ImmutableArray<UnitCount> TokenModelUnits()
    {
        var images = fields[ReplyField.InputImages] ?? facts.InputImages;
        var others = OtherUnits();
        return images > 0 ? others.Insert(0, new UnitCount(UsageKind.InputImage, images)) : others;
    }

    /// <summary>Searches that the reply shows and does not count, so that nobody knows how many of them are charged.</summary>
    private bool HasUncountedSearches => fields.Has(ReplyField.SearchCalls) && !fields.Has(ReplyField.WebSearches);

    /// <summary>What any model may use beside its tokens.</summary>
    private ImmutableArray<UnitCount> OtherUnits()
    {
        ReadOnlySpan<(long? Count, UsageKind Kind)> kinds = [
            (fields[ReplyField.GuardrailContent], UsageKind.GuardrailContentUnit),
            (fields[ReplyField.GuardrailTopic], UsageKind.GuardrailTopicUnit),
            (fields[ReplyField.GuardrailWord], UsageKind.GuardrailWordUnit),
            (fields[ReplyField.GuardrailSensitiveInformation], UsageKind.GuardrailSensitiveInformationUnit),
            (fields[ReplyField.GuardrailGrounding], UsageKind.GuardrailGroundingUnit),
            (fields[ReplyField.GuardrailAutomatedReasoning], UsageKind.GuardrailAutomatedReasoningUnit),
            (fields[ReplyField.GuardrailImage], UsageKind.GuardrailImageUnit),
            (fields[ReplyField.InputAudio], UsageKind.InputAudioToken),
            (fields[ReplyField.OutputAudio], UsageKind.OutputAudioToken),
            // What the reply counts is what is charged; its blocks may show searches that failed.
            (fields[ReplyField.WebSearches] ?? fields[ReplyField.SearchBlocks], UsageKind.WebSearch),
            (fields[ReplyField.ToolBlocks], UsageKind.ServerToolCall),
            (fields.UnknownCount is not null || HasUncountedSearches ? 1 : 0, UsageKind.Unknown),
        ];
        var units = ImmutableArray<UnitCount>.Empty;
        foreach (var (count, kind) in kinds)
        {
            if (count > 0)
                units = units.Add(new UnitCount(kind, count.Value));
        }
        return units;
    }

    private static long TokensOf(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;
}
