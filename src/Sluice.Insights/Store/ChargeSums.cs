using System.Runtime.CompilerServices;

namespace Sluice.Insights.Store;

/// <summary>The amounts that a charge has, in the order in which their columns stand.</summary>
internal enum AmountKind
{
    Quantity,
    Billed,
    Effective,
    Contracted,
    List,
}

/// <summary>What lines come to in one of their amounts, in the two parts of <see cref="Exact"/>, and how many of them don't tell it.</summary>
internal struct AmountSum
{
    public long Milli;
    public long Rest;
    public long Missing;
}

[InlineArray(ChargeSums.Count)]
internal struct AmountSums
{
    private AmountSum _first;
}

/// <summary>What lines of a bill come to. Charges and all sums of them are stored in this shape.</summary>
internal struct ChargeSums
{
    public const int Count = 5;

    /// <summary>How many columns it takes in a table.</summary>
    public const int Columns = 1 + (Count * 3);

    public long Lines;
    public AmountSums Amounts;

    /// <exception cref="OverflowException">A sum is beyond nine quadrillion.</exception>
    public void Add(in ChargeSums other)
    {
        Lines += other.Lines;
        for (var i = 0; i < Count; i++)
        {
            ref var sum = ref Amounts[i];
            ref readonly var more = ref other.Amounts[i];
            sum.Milli += more.Milli;
            sum.Rest += more.Rest;
            sum.Missing += more.Missing;
        }
    }

    /// <param name="kind">Which amount.</param>
    /// <param name="amount">Null if the line doesn't tell it.</param>
    /// <param name="orElse">Stands in for it in the sum; the line is still one that doesn't tell it.</param>
    /// <exception cref="OverflowException">The amount is beyond nine quadrillion.</exception>
    public void Set(AmountKind kind, decimal? amount, decimal? orElse = null)
    {
        ref var sum = ref Amounts[(int)kind];
        sum.Missing = amount is null ? 1 : 0;
        if ((amount ?? orElse) is { } value)
            (sum.Milli, sum.Rest) = Exact.Split(value);
    }

    /// <summary>Null where no line tells it.</summary>
    public readonly decimal? Amount(AmountKind kind)
    {
        var sum = Amounts[(int)kind];
        return Missing(kind) == Lines ? null : Exact.Join(sum.Milli, sum.Rest);
    }

    /// <summary>How many lines no sum has anything of. What was billed stands in for an effective cost.</summary>
    public readonly long Missing(AmountKind kind) => kind == AmountKind.Effective ? Math.Min(Amounts[(int)kind].Missing, Amounts[(int)AmountKind.Billed].Missing) : Amounts[(int)kind].Missing;

    public readonly void Bind(SumStatement statement, int first)
    {
        statement.Bind(first++, Lines);
        for (var i = 0; i < Count; i++)
        {
            var sum = Amounts[i];
            statement.Bind(first++, sum.Milli).Bind(first++, sum.Rest).Bind(first++, sum.Missing);
        }
    }

    public static ChargeSums Read(Scan scan, int first)
    {
        var sums = new ChargeSums { Lines = scan.Number(first++) };
        for (var i = 0; i < Count; i++)
            sums.Amounts[i] = new AmountSum { Milli = scan.Number(first++), Rest = scan.Number(first++), Missing = scan.Number(first++) };
        return sums;
    }
}
