using System.Collections.Immutable;

namespace Sluice.Core.Savings;

/// <summary>One conversation with its claims: what was drawn by lot, so that its calls share a fate.</summary>
public sealed record MeasuredConversation
{
    /// <summary>It is in the control group: no lever touched it.</summary>
    public bool IsControl { get; init; }

    /// <summary>The only lever that was held back in it, by lot; null for none.</summary>
    public string? HeldBack { get; init; }

    /// <summary>As in <see cref="ConversationCost"/>.</summary>
    public required Money? Cost { get; init; }

    /// <summary>As in <see cref="ConversationCost"/>.</summary>
    public required long Size { get; init; }

    /// <summary>What each lever claims to have saved in it, null for a claim that is not known; levers that did nothing may be absent.</summary>
    public IReadOnlyDictionary<string, Money?> Claims { get; init; } = ImmutableDictionary<string, Money?>.Empty;
}

/// <summary>What a lever's measurement rests on.</summary>
public enum MeasurementBasis
{
    /// <summary>Conversations in which that lever alone was held back.</summary>
    OwnControl,

    /// <summary>
    /// The control group without any lever, less what the other levers claim. It takes those at their word, so where it
    /// disagrees with the claim, some lever claims too much or too little, but not surely this one.
    /// </summary>
    OthersAsClaimed,
}

/// <summary>One lever's claim against its measurement.</summary>
/// <param name="Lever">Its name.</param>
/// <param name="Claimed">What it claims to have saved in the treated conversations; null where any part of that is not known.</param>
/// <param name="Measured">What was measured; null for too few controls, or an unknown claim that would have to be taken off.</param>
/// <param name="Basis">What that rests on.</param>
public sealed record LeverComparison(string Lever, Money? Claimed, UsdEstimate? Measured, MeasurementBasis Basis)
{
    public ClaimVerdict Verdict => ControlComparison.Judge(Claimed, Measured);
}

/// <summary>The claims of all levers, together and one by one, against what the control group shows.</summary>
/// <param name="All">All levers together.</param>
/// <param name="Levers">Each lever that claims anything, by name.</param>
public sealed record ControlReport(ControlComparison All, ImmutableArray<LeverComparison> Levers)
{
    /// <summary>Compares the conversations of a period.</summary>
    /// <param name="conversations">All of them, each once.</param>
    /// <param name="random">Draws the bootstrap's samples; seeded, so that a report can be repeated.</param>
    /// <exception cref="ArgumentException">A size is not positive.</exception>
    public static ControlReport Of(IReadOnlyList<MeasuredConversation> conversations, Random random)
    {
        var all = ControlComparison.Of(
            conversations.Where(c => c.HeldBack is null).Select(c => Plain(c, c.IsControl, SumOfClaims(c))), random);
        var names = conversations.SelectMany(c => c.Claims.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new ControlReport(all, [.. names.Select(name => Compare(name, all, conversations, random))]);
    }

    private static LeverComparison Compare(string lever, ControlComparison all, IReadOnlyList<MeasuredConversation> conversations, Random random)
    {
        var own = ControlComparison.Of(
            conversations.Where(c => !c.IsControl && (c.HeldBack is null || c.HeldBack == lever))
                .Select(c => Plain(c, c.HeldBack is not null, c.Claims.GetValueOrDefault(lever, Money.Zero))), random);
        if (own.Measured is not null)
            return new LeverComparison(lever, own.Claimed, own.Measured, MeasurementBasis.OwnControl);
        var others = all.Claimed - own.Claimed;
        var measured = others is { } taken ? all.Measured?.Less(ControlComparison.Statistic(taken)) : null;
        return new LeverComparison(lever, own.Claimed, measured, MeasurementBasis.OthersAsClaimed);
    }

    private static ConversationCost Plain(MeasuredConversation conversation, bool isControl, Money? claimed) =>
        new(isControl, conversation.Cost, conversation.Size, claimed);

    private static Money? SumOfClaims(MeasuredConversation conversation)
    {
        Money? sum = Money.Zero;
        foreach (var claim in conversation.Claims.Values)
            sum += claim;
        return sum;
    }
}
