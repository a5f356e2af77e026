namespace Sluice.Gateway.Stages.Budgeting;

/// <summary>What happens to a call that a hard budget can't account for.</summary>
public enum BudgetDoubt
{
    /// <summary>It is refused before it leaves. The default: a limit that holds only while all is well is none.</summary>
    Refuse,

    /// <summary>It goes on, and what it cost is booked as soon as that is known.</summary>
    Pass,
}

public sealed record BudgetOptions
{
    /// <summary>While the state of the budgets can't be had and no lease at hand is large enough.</summary>
    public BudgetDoubt OnStateLoss { get; init; } = BudgetDoubt.Refuse;

    /// <summary>Where the price book has no price for a model, or nothing bounds what a call may cost.</summary>
    public BudgetDoubt OnUnpriced { get; init; } = BudgetDoubt.Refuse;

    /// <summary>How long a call waits for others to settle where it does not fit only because of what is held for them. Default 30 s.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls that may wait at a time; more are refused at once.</summary>
    public int MaxWaiting { get; init; } = 10_000;
}
