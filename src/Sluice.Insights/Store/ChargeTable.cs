using Microsoft.Data.Sqlite;
using Sluice.Insights.Imports;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>Puts the rows of one import into a table of charges.</summary>
internal sealed class ChargeTable : IDisposable
{
    private readonly long _import;
    private readonly Statement _insert, _replace, _add;

    public ChargeTable(SqliteConnection connection, long import, string name, string days)
    {
        (_import, Name, Days) = (import, name, days);
        _insert = new Statement(connection, CostSchema.Insert(name));
        _replace = new Statement(connection, CostSchema.Replace(name));
        _add = new Statement(connection, CostSchema.Add(name));
    }

    public string Name { get; }

    public string Days { get; }

    /// <summary>Charges that weren't there before.</summary>
    public long Added { get; private set; }

    /// <summary>Charges that took the place of what an earlier import said.</summary>
    public long Restated { get; private set; }

    /// <summary>The first and the last moment at which a charge begins, in seconds of Unix.</summary>
    public (long First, long Last) Span { get; private set; } = (long.MaxValue, long.MinValue);

    /// <param name="addsUp">Whether the row is added to what earlier imports said, rather than taking its place.</param>
    /// <exception cref="OverflowException">An amount is too large.</exception>
    public void Put(long facet, decimal unitFactor, in CostAmounts amounts, bool addsUp)
    {
        var row = new Row(facet, amounts.From.ToUnixTimeSeconds(), amounts.To.ToUnixTimeSeconds(), amounts.Billed is null && amounts.Effective is null ? 1 : 0,
            Exact.Split(amounts.Quantity * unitFactor), Exact.Split(amounts.Billed), Exact.Split(amounts.Effective), Exact.Split(amounts.Contracted), Exact.Split(amounts.List));
        // Most charges of a first import are new, and most of a later one are there: one statement for the former, two for the latter.
        if (Run(_insert, row) > 0)
            Added++;
        else if (!addsUp && Run(_replace, row) > 0)
            Restated++;
        else
            Run(_add, row);
        Span = (Math.Min(Span.First, row.From), Math.Max(Span.Last, row.From));
    }

    public void Dispose()
    {
        _insert.Dispose();
        _replace.Dispose();
        _add.Dispose();
    }

    private int Run(Statement statement, in Row row)
    {
        statement.Bind(1, row.Facet).Bind(2, row.From).Bind(3, row.To).Bind(4, _import).Bind(5, row.Unpriced);
        Bind(statement, 6, row.Quantity);
        Bind(statement, 8, row.Billed);
        Bind(statement, 10, row.Effective);
        Bind(statement, 12, row.Contracted);
        Bind(statement, 14, row.List);
        return statement.Run();
    }

    private static void Bind(Statement statement, int parameter, (long? Milli, long? Below) amount) =>
        statement.Bind(parameter, amount.Milli).Bind(parameter + 1, amount.Below);

    private readonly record struct Row(
        long Facet, long From, long To, long Unpriced,
        (long? Milli, long? Below) Quantity, (long? Milli, long? Below) Billed, (long? Milli, long? Below) Effective, (long? Milli, long? Below) Contracted, (long? Milli, long? Below) List);
}
