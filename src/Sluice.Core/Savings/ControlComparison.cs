namespace Sluice.Core.Savings;

/// <summary>How a lever's claim stands against what the control group shows.</summary>
public enum ClaimVerdict
{
    /// <summary>Claim or measurement is not known.</summary>
    Unknown,
    /// <summary>The claim lies in the interval.</summary>
    Confirmed,
    /// <summary>The lever claims more than was measured.</summary>
    TooHigh,
    /// <summary>The lever claims less than was measured.</summary>
    TooLow,
}

/// <summary>One conversation of a comparison: what was drawn by lot, so that its calls share a fate.</summary>
/// <param name="IsControl">The lever was held back; all else was as in the treated conversations.</param>
/// <param name="Cost">What its calls cost; null where any of that is not known.</param>
/// <param name="Size">
/// How large it is by a measure that no lever can have changed and that goes with its cost, such as the bytes of its requests
/// as the caller sent them; 1 where there is none. The closer the two go together, the narrower is the interval.
/// </param>
/// <param name="Claimed">What the lever claims to have saved in it; null where that is not known. A control conversation's is not read.</param>
public readonly record struct ConversationCost(bool IsControl, Money? Cost, long Size, Money? Claimed);

/// <summary>An estimate in dollars with the interval that holds the true value 95 times in 100. Statistics, so never money.</summary>
public readonly record struct UsdEstimate(double Usd, double LowUsd, double HighUsd)
{
    public bool Contains(double usd) => usd >= LowUsd && usd <= HighUsd;

    internal UsdEstimate Less(double usd) => new(Usd - usd, LowUsd - usd, HighUsd - usd);
}

/// <summary>
/// A claimed saving against the one that is measured between the treated conversations and a control group, which were told
/// apart by lot. <see cref="ControlReport"/> makes one for each lever and one for all.
/// </summary>
public sealed record ControlComparison
{
    /// <summary>With fewer control conversations than this there is no measurement.</summary>
    public const int FewestControls = 10;

    public required int TreatedConversations { get; init; }

    public required int ControlConversations { get; init; }

    /// <summary>Conversations without a known cost, which are in no other figure here.</summary>
    public required int UnknownConversations { get; init; }

    /// <summary>What the treated conversations cost.</summary>
    public required Money TreatedCost { get; init; }

    /// <summary>What the lever claims to have saved in the treated conversations; null where any part of that is not known.</summary>
    public required Money? Claimed { get; init; }

    /// <summary>
    /// What the treated conversations would have cost at the control group's cost by size, less what they cost; null for too few.
    /// </summary>
    public required UsdEstimate? Measured { get; init; }

    /// <summary>The same with the interval of a bootstrap, which needs no assumption on how costs are distributed but many conversations.</summary>
    public required UsdEstimate? MeasuredByBootstrap { get; init; }

    /// <summary>The measured saving as a share of what the treated conversations would have cost; null where it is not measured.</summary>
    public double? MeasuredFraction => Measured is { } measured ? measured.Usd / (measured.Usd + Statistic(TreatedCost)) : null;

    /// <summary>By <see cref="Measured"/>, whose interval holds the truth more reliably than the bootstrap's.</summary>
    public ClaimVerdict Verdict => Judge(Claimed, Measured);

    /// <summary>Compares the two groups.</summary>
    /// <param name="conversations">All conversations of a period, each once.</param>
    /// <param name="random">Draws the bootstrap's samples; seeded, so that a report can be repeated.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public static ControlComparison Of(IEnumerable<ConversationCost> conversations, Random random)
    {
        var control = new List<(double Cost, double Size)>();
        var (treated, unknown, treatedCost) = (0, 0, Money.Zero);
        var (treatedSize, treatedSquares) = (0.0, 0.0);
        Money? claimed = Money.Zero;
        foreach (var conversation in conversations)
        {
            if (conversation.Size <= 0)
                throw new ArgumentException($"A conversation has the size {conversation.Size}; give it a positive one, or each the size 1.", nameof(conversations));
            if (conversation.Cost is not { } cost)
            {
                unknown++;
                continue;
            }
            double size = conversation.Size;
            if (conversation.IsControl)
            {
                control.Add((Statistic(cost), size));
                continue;
            }
            treated++;
            treatedCost += cost;
            claimed += conversation.Claimed;
            treatedSize += size;
            treatedSquares += size * size;
        }

        UsdEstimate? measured = null, byBootstrap = null;
        if (control.Count >= FewestControls && treated > 0)
        {
            var ratio = new RatioEstimator([.. control], treatedSize, treatedSquares);
            var spent = Statistic(treatedCost);
            measured = ratio.Linearised().Less(spent);
            byBootstrap = ratio.Bootstrap(random).Less(spent);
        }
        return new ControlComparison
        {
            TreatedConversations = treated,
            ControlConversations = control.Count,
            UnknownConversations = unknown,
            TreatedCost = treatedCost,
            Claimed = claimed,
            Measured = measured,
            MeasuredByBootstrap = byBootstrap,
        };
    }

    internal static ClaimVerdict Judge(Money? claimed, UsdEstimate? measured)
    {
        if (claimed is not { } claim || measured is not { } estimate)
            return ClaimVerdict.Unknown;
        var usd = Statistic(claim);
        return estimate.Contains(usd) ? ClaimVerdict.Confirmed : usd > estimate.HighUsd ? ClaimVerdict.TooHigh : ClaimVerdict.TooLow;
    }

    /// <summary>The one place where money becomes a figure of statistics; nothing leads back.</summary>
    internal static double Statistic(Money money) => (double)money.Usd;
}
