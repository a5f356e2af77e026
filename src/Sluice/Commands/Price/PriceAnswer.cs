using System.Collections.Immutable;
using System.Globalization;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Commands.Price;

/// <summary>One kind of an answer and the row that its price comes from. Money is decimal text, so that no reader rounds it.</summary>
internal sealed record PriceLine(
    string Kind, decimal Quantity, string Usd, string? PricePerMillionUsd, string PriceUsd, long Per,
    string Row, string Source, string SourceDate, string From, string? Note);

/// <summary>A kind that was counted and has no price.</summary>
internal sealed record UnpricedLine(string Kind, decimal Quantity, string Reason, string Fix);

/// <summary>What a workload costs on one model, with everything that the figure depends on.</summary>
internal sealed record PriceAnswer
{
    public required string Requested { get; init; }
    public required string Model { get; init; }
    public string? Name { get; init; }
    public string? Profile { get; init; }
    public required string Scope { get; init; }
    public required string Region { get; init; }
    public required string RegionFrom { get; init; }
    public required string Tier { get; init; }
    public bool Batch { get; init; }
    public bool LatencyOptimized { get; init; }
    public required string At { get; init; }
    public long? Calls { get; init; }

    /// <summary>Average input tokens of one call, of all sorts; null where the number of calls isn't known.</summary>
    public long? ContextTokensPerCall { get; init; }

    /// <summary>The context band that was priced: calls with more input tokens than this. 0 is the lowest.</summary>
    public long ContextBandAboveTokens { get; init; }

    /// <summary><c>calls</c> where the average call decided the band, <c>lowest</c> where nothing did.</summary>
    public required string ContextBandFrom { get; init; }

    /// <summary>Null where any count is unpriced.</summary>
    public string? CostUsd { get; init; }

    public ImmutableArray<PriceLine> Lines { get; init; } = [];
    public ImmutableArray<UnpricedLine> Unpriced { get; init; } = [];

    /// <summary>Why there is no cost, or null.</summary>
    public string? Reason { get; init; }

    public static PriceAnswer To(PriceBook book, PricedModel model, in PriceIdentity identity, string regionFrom, Usage usage, long? calls, DateTimeOffset at)
    {
        // The band is that of one call. Rounding the average up keeps a workload just above the limit above it.
        long? perCall = calls is { } n ? (usage.ContextTokens + n - 1) / n : null;
        var answer = new PriceAnswer
        {
            Requested = model.Requested,
            Model = identity.Model,
            Name = model.Known?.Name,
            Profile = identity.Profile,
            Scope = identity.Scope.Name(),
            Region = identity.Region,
            RegionFrom = regionFrom,
            Tier = identity.Tier.Name(),
            Batch = identity.Batch,
            LatencyOptimized = identity.LatencyOptimized,
            At = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Calls = calls,
            ContextTokensPerCall = perCall,
            ContextBandFrom = perCall is null ? "lowest" : "calls",
        };
        if (model.Problem is { } problem && !book.Sheet(identity, at).Rows.Any(r => r.Kind.IsToken()))
            return answer with { Reason = problem };

        var cost = book.Sheet(identity, at).Price(usage, perCall ?? 0);
        var asked = identity;
        ImmutableArray<UnpricedLine> unpriced = [.. cost.Unpriced.Select(kind => Missing(book.Explain(asked, kind, at), kind, usage))];
        return answer with
        {
            CostUsd = cost.Total?.ToString(),
            Lines = [.. cost.Lines.Select(Line)],
            Unpriced = unpriced,
            ContextBandAboveTokens = cost.Lines.IsEmpty ? 0 : cost.Lines.Max(l => l.Row.AboveTokens),
            Reason = unpriced.IsEmpty ? null : string.Join(' ', unpriced.Select(u => u.Reason)),
        };
    }

    private static UnpricedLine Missing(PriceExplanation explanation, UsageKind kind, Usage usage) =>
        new(kind.Name(), usage.Count(kind), explanation.Why, explanation.Fix);

    private static PriceLine Line(CostLine line) => new(
        line.Kind.Name(), line.Quantity, line.Amount.ToString(),
        line.Kind.IsToken() ? Digits(line.Row.UsdPerMillion) : null, Digits(line.Row.Usd), line.Row.Per,
        line.Row.Id, line.Row.Source, Day(line.Row.SourceDate), Day(line.Row.From), line.Row.Note);

    internal static string Digits(decimal usd) => Money.FromUsd(usd).ToString();

    internal static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
