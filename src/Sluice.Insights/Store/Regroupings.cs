using System.Numerics;
using Microsoft.Data.Sqlite;
using Sluice.Core;

namespace Sluice.Insights.Store;

/// <summary>
/// Costs of one service and period that Cost Explorer grouped otherwise for another import, by usage type as well or by account: the same
/// costs, if they come to the same. Those that tell less are taken out.
/// </summary>
/// <param name="firstPart">From which on parts are of this import.</param>
internal sealed class Regroupings(SqliteConnection connection, long firstPart)
{
    /// <summary>AWS cuts amounts off after ten decimals, so that parts come to a little less than their sum.</summary>
    private const decimal Tolerance = 0.000001m;

    /// <summary>What a charge is told apart by, beside its service: a bit for each.</summary>
    private const string Detail = "(f.usage_type <> '') + 2 * (f.account <> '') + 4 * (f.region <> '') + 8 * (f.tags <> '{}')";

    // What is no usage may be asked for apart, and is then grouped by that.
    private const string OfSource = "f.source = 'cost-explorer' AND f.charge_category = 'Usage'";

    private sealed record Told(long From, long To, string Service, string Currency, int Detail, bool IsNew, decimal Billed, long Charges);

    /// <summary>Takes out what is told twice.</summary>
    /// <param name="first">When the import's first charge begins.</param>
    /// <param name="last">When its last does.</param>
    /// <param name="changedDays">The days of what is taken out are added.</param>
    /// <returns>What to say of it, and how many of the import's own charges were left out.</returns>
    public (List<string> Notes, long LeftOut) Resolve(long first, long last, ISet<long> changedDays)
    {
        List<Told> twice = [], unlike = [];
        foreach (var same in Read(first, last).GroupBy(t => (t.From, t.To, t.Service, t.Currency)))
        {
            foreach (var mine in same.Where(t => t.IsNew))
            {
                foreach (var earlier in same.Where(t => !t.IsNew && t.Detail != mine.Detail))
                {
                    if (Math.Abs(mine.Billed - earlier.Billed) > Tolerance)
                        unlike.Add(earlier);
                    else
                        twice.Add(BitOperations.PopCount((uint)mine.Detail) < BitOperations.PopCount((uint)earlier.Detail) ? mine : earlier);
                }
            }
        }
        var notes = new List<string>();
        foreach (var told in twice.Distinct())
            Remove(told, changedDays);
        if (twice.Count > 0)
            notes.Add(FormattableString.Invariant($"Counted once: {Counted.Of(twice.Distinct().Sum(t => t.Charges), "charge")} ({Sums(twice.Distinct())}) of the same services and periods came to the same in another file in more detail, and {Counted.Word(twice.Count, "was", "were")} left out"));
        if (unlike.Count > 0)
            notes.Add($"An earlier file has costs of the same services and periods grouped otherwise, and they come to another sum ({Sums(unlike.Distinct())}); both count. --replace-period takes the earlier ones out");
        return (notes, twice.Distinct().Where(t => t.IsNew).Sum(t => t.Charges));
    }

    private static string Sums(IEnumerable<Told> told) => string.Join(", ", told.GroupBy(t => t.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => FormattableString.Invariant($"{g.Sum(t => t.Billed):#,0.00##########} {g.Key}").TrimEnd()));

    private List<Told> Read(long first, long last)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT c.from_s, c.to_s, f.service, f.currency, {Detail}, c.part >= $part, SUM(c.billed_milli), SUM(c.billed_rest), COUNT(*)
            FROM charges c JOIN facets f ON f.id = c.facet WHERE {OfSource} AND c.from_s >= $first AND c.from_s <= $last GROUP BY 1, 2, 3, 4, 5, 6
            """;
        command.Parameters.AddWithValue("$part", firstPart);
        command.Parameters.AddWithValue("$first", first);
        command.Parameters.AddWithValue("$last", last);
        var told = new List<Told>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            told.Add(new Told(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4), reader.GetInt64(5) == 1,
                Exact.Join(reader.GetInt64(6), reader.GetInt64(7)), reader.GetInt64(8)));
        }
        return told;
    }

    private void Remove(Told told, ISet<long> changedDays)
    {
        using var delete = connection.CreateCommand();
        delete.CommandText = $"""
            DELETE FROM charges WHERE from_s = $from AND to_s = $to AND (part >= $part) = $new
                AND facet IN (SELECT f.id FROM facets f WHERE {OfSource} AND f.service = $service AND f.currency = $currency AND {Detail} = $detail)
            """;
        delete.Parameters.AddWithValue("$from", told.From);
        delete.Parameters.AddWithValue("$to", told.To);
        delete.Parameters.AddWithValue("$part", firstPart);
        delete.Parameters.AddWithValue("$new", told.IsNew ? 1 : 0);
        delete.Parameters.AddWithValue("$service", told.Service);
        delete.Parameters.AddWithValue("$currency", told.Currency);
        delete.Parameters.AddWithValue("$detail", told.Detail);
        delete.ExecuteNonQuery();
        changedDays.Add(ChargeTable.DayOf(told.From));
    }
}
