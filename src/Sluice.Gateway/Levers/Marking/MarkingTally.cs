using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// What marking did to a group of calls, from the ledger alone, so that it holds whatever process made them. Which write was
/// read by whom is not in the ledger; how much of the writes can't have been read at least, is. Calls of the control group
/// don't count.
/// </summary>
public sealed class MarkingTally
{
    /// <summary>Marked calls after which a verdict is given.</summary>
    public const int CallsForVerdict = MarkingReport.CallsForVerdict;

    /// <summary>Of a normal distribution, on both sides together 5 %.</summary>
    private const double Normal95 = 1.96;

    private static readonly string Mark = Planning.LeverNames.Name(Planning.Lever.Mark);

    private decimal _premiumUsd;
    private long _premiumTokens;
    private double _sum, _sumOfSquares;

    public long Calls { get; private set; }

    /// <summary>Calls that got points from Sluice.</summary>
    public long MarkedCalls { get; private set; }

    /// <summary>Marked calls whose saving is not known; they are in no sum of money.</summary>
    public long UnknownCalls { get; private set; }

    /// <summary>All input tokens of all calls, however they were billed.</summary>
    public long InputTokens { get; private set; }

    /// <summary>Tokens read, whoever set the points.</summary>
    public long ReadTokens { get; private set; }

    /// <summary>Tokens that marked calls wrote.</summary>
    public long WriteTokens { get; private set; }

    /// <summary>What marked calls paid for writes beyond the price of plain input.</summary>
    public Money Premium { get; private set; }

    /// <summary>What reads saved less <see cref="Premium"/>: the decisions' sum, exact.</summary>
    public Money NetSaving { get; private set; }

    public decimal HitShare => InputTokens == 0 ? 0 : (decimal)ReadTokens / InputTokens;

    /// <summary>
    /// Tokens written that nobody in the group can have read: a token that was read once or more adds one or more to what was
    /// read. Those of the last minutes may be read yet.
    /// </summary>
    public long WastedTokensAtLeast => Math.Max(0, WriteTokens - ReadTokens);

    /// <summary>The premium of <see cref="WastedTokensAtLeast"/>; null where no price of a write is known.</summary>
    public Money? WastedAtLeast => _premiumTokens == 0 ? WastedTokensAtLeast == 0 ? Money.Zero : null : Money.FromUsd(WastedTokensAtLeast * (_premiumUsd / _premiumTokens));

    public MarkingVerdict Verdict =>
        (MarkedCalls == 0 ? Calls : MarkedCalls) < CallsForVerdict ? MarkingVerdict.TooEarly
        : MarkedCalls == 0 ? MarkingVerdict.FindsNothing
        : NetSaving >= Money.Zero ? MarkingVerdict.Pays
        : HighSaving < 0 ? MarkingVerdict.TurnOff
        : MarkingVerdict.Unsure;

    public string Reason => Verdict switch
    {
        MarkingVerdict.TooEarly => Text($"{(MarkedCalls == 0 ? Calls : MarkedCalls)} calls are too few to judge by; {CallsForVerdict} are enough."),
        MarkingVerdict.FindsNothing => "No prefix comes back often enough in time, so nothing is written and nothing lost.",
        MarkingVerdict.Pays => Text($"Reads saved more than writes cost: {NetSaving} USD net, {100 * HitShare:0.0} % of the tokens read."),
        MarkingVerdict.Unsure => Text($"Writes have cost {-NetSaving} USD more than reads saved, which may be chance; it bounds its loss and goes on learning."),
        _ => Text($"Writes cost {-NetSaving} USD more than reads saved, and not by chance; at least {WastedTokensAtLeast} of {WriteTokens} written tokens were never read."),
    };

    /// <summary>The upper end of the 95 % interval of the net saving in dollars, taking calls to be independent.</summary>
    private double HighSaving
    {
        get
        {
            double known = MarkedCalls - UnknownCalls;
            if (known < 2)
                return 0;
            var variance = Math.Max(0, (_sumOfSquares - (_sum * _sum / known)) / (known - 1));
            return _sum + (Normal95 * Math.Sqrt(known * variance));
        }
    }

    public void Add(InvocationRecord record)
    {
        if (record.Control || record.Usage is not { ContextTokens: > 0 } usage)
            return;
        Calls++;
        InputTokens += usage.ContextTokens;
        ReadTokens += usage.CacheRead;
        Decision? decision = null;
        foreach (var made in record.Decisions)
        {
            if (made.Lever == Mark && !made.IsShadow)
                decision = made;
        }
        if (decision is null)
            return;
        MarkedCalls++;
        WriteTokens += usage.CacheWrite5m + usage.CacheWrite1h;
        AddPremium(record, usage);
        if (decision.Saving is not { } saving)
        {
            UnknownCalls++;
            return;
        }
        NetSaving += saving;
        var usd = (double)saving.Usd;
        _sum += usd;
        _sumOfSquares += usd * usd;
    }

    /// <summary>The price of plain input is that of the call's own; a call without any tells nothing of it.</summary>
    private void AddPremium(InvocationRecord record, Usage usage)
    {
        var written = usage.CacheWrite5m + usage.CacheWrite1h;
        if (written == 0 || usage.Input == 0 || !record.CostByKind.TryGetValue(UsageKind.Input, out var input))
            return;
        var paid = record.CostByKind.GetValueOrDefault(UsageKind.CacheWrite5m) + record.CostByKind.GetValueOrDefault(UsageKind.CacheWrite1h);
        var premium = paid.Usd - (written * input.Usd / usage.Input);
        Premium += Money.FromUsd(premium);
        _premiumUsd += premium;
        _premiumTokens += written;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
