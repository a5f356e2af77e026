using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>All prices of one identity on one day, found once and then read without allocation.</summary>
public sealed class PriceSheet
{
    // One entry a kind; the rows of a kind differ only in their context band, the lowest first.
    private readonly PriceRow[][] _byKind;

    internal PriceSheet(in PriceIdentity identity, DateOnly day, PriceRow[][] byKind)
    {
        Identity = identity;
        Day = day;
        _byKind = byKind;
    }

    public PriceIdentity Identity { get; }

    public DateOnly Day { get; }

    /// <summary>Every price, in the order of the kinds, the lowest context band first.</summary>
    public IEnumerable<PriceRow> Rows => _byKind.SelectMany(rows => rows);

    /// <summary>The prices of a kind, the lowest context band first; empty where none is known.</summary>
    public ReadOnlySpan<PriceRow> Bands(UsageKind kind) => _byKind[(int)kind];

    /// <summary>The price of a kind in a call of <paramref name="contextTokens"/> input tokens of all sorts; null where it is not known.</summary>
    public PriceRow? Find(UsageKind kind, long contextTokens = 0)
    {
        var rows = _byKind[(int)kind];
        for (var i = rows.Length - 1; i >= 0; i--)
        {
            if (rows[i].AboveTokens == 0 || contextTokens > rows[i].AboveTokens)
                return rows[i];
        }
        return null;
    }

    /// <summary>
    /// What a usage costs in calls of <paramref name="contextTokens"/> input tokens each. The whole call pays the band that
    /// its context falls into. A kind with count 0 needs no price.
    /// </summary>
    public Cost Price(Usage usage, long contextTokens)
    {
        var kinds = usage.Units.IsEmpty ? (int)UsageKind.Output + 1 : _byKind.Length;
        var (priced, unpriced) = (0, 0);
        for (var kind = 0; kind < kinds; kind++)
        {
            if (usage.Count((UsageKind)kind) == 0)
                continue;
            if (Find((UsageKind)kind, contextTokens) is null)
                unpriced++;
            else
                priced++;
        }
        var lines = priced == 0 ? [] : new CostLine[priced];
        var missing = unpriced == 0 ? [] : new UsageKind[unpriced];
        var total = Money.Zero;
        (priced, unpriced) = (0, 0);
        for (var kind = 0; kind < kinds; kind++)
        {
            var quantity = usage.Count((UsageKind)kind);
            if (quantity == 0)
                continue;
            if (Find((UsageKind)kind, contextTokens) is { } row)
            {
                var amount = row.AmountOf(quantity);
                lines[priced++] = new CostLine((UsageKind)kind, quantity, amount, row);
                total += amount;
            }
            else
            {
                missing[unpriced++] = (UsageKind)kind;
            }
        }
        return new Cost
        {
            Total = unpriced == 0 ? total : null,
            Lines = ImmutableCollectionsMarshal.AsImmutableArray(lines),
            Unpriced = ImmutableCollectionsMarshal.AsImmutableArray(missing),
        };
    }
}
