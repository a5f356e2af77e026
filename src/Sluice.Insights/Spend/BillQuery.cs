namespace Sluice.Insights.Spend;

/// <summary>Which of a bill's costs is summed.</summary>
public enum BillCost
{
    /// <summary>With prepayments and discounts spread over what they are for.</summary>
    Effective,

    /// <summary>What the invoice says.</summary>
    Billed,

    /// <summary>At public prices.</summary>
    List,
}

/// <summary>Which services' charges are summed.</summary>
public enum BillReach
{
    GenerativeAi,

    /// <summary>Also those of the services that carry the AI workloads; see <see cref="RelatedCharges"/>.</summary>
    Related,

    All,
}

/// <summary>What is asked of the bills: a range of time, what to sum by, and what to leave out.</summary>
public sealed record BillQuery
{
    /// <summary>Inclusive; a charge counts where it begins. Null for the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive. Null for the end.</summary>
    public DateTimeOffset? To { get; init; }

    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>Dimensions that must have one of the values; <c>*</c> at the end of a value stands for any rest.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    public BillCost Cost { get; init; }

    public BillReach Services { get; init; }
}

/// <summary>One row of what bills say, in one currency.</summary>
public sealed record BillRow
{
    /// <summary>The values of the dimensions, in the order asked; empty where the charges have none.</summary>
    public required IReadOnlyList<string> Group { get; init; }

    /// <summary>Of <see cref="Cost"/>; empty where the bill tells none. Rows of different currencies are never one.</summary>
    public required string Currency { get; init; }

    /// <summary>Lines of bills.</summary>
    public long Lines { get; init; }

    /// <summary>Of them, those that don't tell the cost asked for. No sum holds anything of them.</summary>
    public long UnpricedLines { get; init; }

    /// <summary>Tokens, as the four next.</summary>
    public decimal Input { get; init; }

    public decimal CacheRead { get; init; }

    public decimal CacheWrite5m { get; init; }

    public decimal CacheWrite1h { get; init; }

    public decimal Output { get; init; }

    /// <summary>What else is counted, where it is all in one unit; null where it isn't, or nothing is.</summary>
    public decimal? Units { get; init; }

    /// <summary>Null where no line tells it.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>Why an answer leaves lines out on purpose.</summary>
public enum OmissionReason
{
    /// <summary>A source with more detail tells of the same day, provider and account.</summary>
    ToldInMoreDetail,

    /// <summary>The source counts tokens without money, and a bill has both.</summary>
    TokensOnly,

    /// <summary>Of a service that carries AI workloads, without a tag that AI has too.</summary>
    NotTagged,
}

/// <summary>What the bills say to a question.</summary>
/// <param name="Rows">In no order.</param>
/// <param name="LeftOut">Lines left out, by their source and why.</param>
public sealed record BillAnswer(IReadOnlyList<BillRow> Rows, IReadOnlyDictionary<(string Source, OmissionReason Why), long> LeftOut);
