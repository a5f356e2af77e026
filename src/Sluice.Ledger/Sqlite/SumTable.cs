using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Sqlite;

/// <summary>The sums of each span of time and group of calls, one row for each width of <see cref="Quarters.Widths"/>.</summary>
internal sealed class SumTable : IDisposable
{
    private readonly Statement _add;

    public SumTable(SqliteConnection connection)
    {
        connection.CreateFunction("add_sums", (byte[] left, byte[] right) => Merge(left, right), isDeterministic: true);
        _add = new Statement(connection, """
            INSERT INTO sums (width, start, group_id, sums) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO UPDATE SET sums = add_sums(sums, excluded.sums)
            """);
    }

    /// <summary>Adds sums of quarters to all widths that they are in.</summary>
    /// <param name="byQuarter">By the quarter's number and the group's.</param>
    /// <param name="narrowest">The narrowest width to add to, in quarters: sums of whole hours can't be told by the quarter.</param>
    public void Add(Dictionary<(long Start, long Group), CallSums> byQuarter, long narrowest = 1)
    {
        var sums = byQuarter;
        foreach (var width in Quarters.Widths)
        {
            if (width < narrowest)
                continue;
            sums = Widen(sums, width);
            foreach (var ((start, group), added) in sums)
                _add.Bind(1, width).Bind(2, start).Bind(3, group).Bind(4, added.ToBytes()).Run();
        }
    }

    public void Dispose() => _add.Dispose();

    private static Dictionary<(long Start, long Group), CallSums> Widen(Dictionary<(long Start, long Group), CallSums> sums, long width)
    {
        var wider = new Dictionary<(long Start, long Group), CallSums>();
        foreach (var ((start, group), added) in sums)
        {
            var key = (Quarters.Start(start, width), group);
            wider[key] = wider.TryGetValue(key, out var held) ? held + added : added;
        }
        return wider;
    }

    private static byte[] Merge(byte[] left, byte[] right)
    {
        // Both are of one group, whose end and doubt stand with it and are not in the bytes.
        var sum = new CallSums();
        sum.Add(left, CallDoubt.None, default);
        sum.Add(right, CallDoubt.None, default);
        return sum.ToBytes();
    }
}
