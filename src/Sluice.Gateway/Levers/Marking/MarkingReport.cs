namespace Sluice.Gateway.Levers.Marking;

public enum MarkingVerdict
{
    /// <summary>Too few calls to say.</summary>
    TooEarly,

    /// <summary>It saves more than it costs.</summary>
    Pays,

    /// <summary>It found nothing that pays, and costs nothing.</summary>
    FindsNothing,

    /// <summary>Its premiums cost more than its reads save.</summary>
    TurnOff,

    /// <summary>They do, but by no more than chance may have done.</summary>
    Unsure,
}

/// <summary>What marking did in one partition since it was first seen, or since the partition was forgotten.</summary>
public sealed record MarkingReport
{
    /// <summary>Calls after which a verdict is given.</summary>
    public const int CallsForVerdict = 200;

    public long Calls { get; init; }

    /// <summary>All input tokens, however they were billed.</summary>
    public long InputTokens { get; init; }

    public long ReadTokens { get; init; }

    public long ShortWriteTokens { get; init; }

    public long HourWriteTokens { get; init; }

    /// <summary>Tokens written that nobody read before they expired. Those still warm are not among them.</summary>
    public long WastedTokens { get; init; }

    /// <summary>What reads saved less what writes cost more, in tokens of uncached input.</summary>
    public decimal NetSavingTokens { get; init; }

    public decimal HitShare => InputTokens == 0 ? 0 : (decimal)ReadTokens / InputTokens;

    /// <summary>The cost of this input as a fraction of what it had cost uncached.</summary>
    public decimal CostRatio => InputTokens == 0 ? 1 : 1 - (NetSavingTokens / InputTokens);

    public MarkingVerdict Verdict =>
        Calls < CallsForVerdict ? MarkingVerdict.TooEarly
        : NetSavingTokens < 0 ? MarkingVerdict.TurnOff
        : NetSavingTokens == 0 ? MarkingVerdict.FindsNothing
        : MarkingVerdict.Pays;

    public string Advice => Verdict switch
    {
        MarkingVerdict.TooEarly => $"{Calls} calls are too few to judge by; {CallsForVerdict} are enough.",
        MarkingVerdict.Pays => $"Leave it on: input costs {CostRatio:P1} of what it would uncached.",
        MarkingVerdict.FindsNothing => "Leave it on or turn it off: no prefix comes back often enough, so nothing is written.",
        _ => $"Turn it off here: {WastedTokens} of {ShortWriteTokens + HourWriteTokens} written tokens were never read, and input costs {CostRatio:P1} of what it would uncached.",
    };

    /// <summary>Sums what several partitions did.</summary>
    public static MarkingReport operator +(MarkingReport left, MarkingReport right) => new()
    {
        Calls = left.Calls + right.Calls,
        InputTokens = left.InputTokens + right.InputTokens,
        ReadTokens = left.ReadTokens + right.ReadTokens,
        ShortWriteTokens = left.ShortWriteTokens + right.ShortWriteTokens,
        HourWriteTokens = left.HourWriteTokens + right.HourWriteTokens,
        WastedTokens = left.WastedTokens + right.WastedTokens,
        NetSavingTokens = left.NetSavingTokens + right.NetSavingTokens,
    };
}
