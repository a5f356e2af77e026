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

    /// <summary>Dimensions that must have one of the values, which are patterns as in <see cref="Sluice.Core.Wildcard"/>.</summary>
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

/// <summary>What must be said of some lines for an answer to be understood.</summary>
public enum BillRemark
{
    /// <summary>Left out: a source with more detail tells of the same day, provider and account.</summary>
    ToldInMoreDetail,

    /// <summary>Left out: the source counts tokens without money, and a bill has both.</summary>
    TokensOnly,

    /// <summary>Left out: of a service that carries AI workloads, without a tag that AI has too.</summary>
    NotTagged,

    /// <summary>They tell no effective cost; what was billed stands in for it.</summary>
    BilledStandsIn,

    /// <summary>They tell neither an effective cost nor what was billed, but a list price.</summary>
    ListPriceOnly,

    /// <summary>They are for a day or a month, and stand at the hour in which that begins.</summary>
    LongerThanAnHour,

    /// <summary>Left out of list costs: purchases of what usage draws down, which has list costs of its own.</summary>
    ListedByUsage,

    /// <summary>Credits and refunds, which the costs beside them are less by.</summary>
    Credited,
}

/// <summary>What the bills say to a question.</summary>
/// <param name="Rows">In no order.</param>
/// <param name="Remarks">How many lines of each source there is something to say about.</param>
public sealed record BillAnswer(IReadOnlyList<BillRow> Rows, IReadOnlyDictionary<(string Source, BillRemark Why), long> Remarks)
{
    /// <summary>Which cost the sums are of: the one asked for, <c>billed</c> if that stands in for all, or <c>effective, billed</c> if for some.</summary>
    public string CostBasis(BillCost asked)
    {
        var standIns = Remarks.Where(r => r.Key.Why == BillRemark.BilledStandsIn).Sum(r => r.Value);
        var name = asked.ToString().ToLowerInvariant();
        return standIns == 0 ? name : standIns == Rows.Sum(r => r.Lines - r.UnpricedLines) ? "billed" : $"{name}, billed";
    }
}
