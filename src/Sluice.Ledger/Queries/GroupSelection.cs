using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Queries;

/// <summary>A group of calls that a question is about.</summary>
/// <param name="Place">Of its values among all that were found.</param>
/// <param name="Doubt">What is in doubt of its calls.</param>
/// <param name="End">How its calls ended.</param>
internal readonly record struct SelectedGroup(int Place, CallDoubt Doubt, CallEnd End);

/// <summary>The groups of calls that fit filters, and their values of some dimensions. Only this reads the table of groups and its tags.</summary>
internal sealed class GroupSelection
{
    private static readonly string[] Columns = ["key", "operation", "model", "region", "scope", "tier", "outcome", "error", "status"];

    private readonly Dictionary<long, SelectedGroup> _groups = [];
    private readonly List<IReadOnlyList<string>> _values = [];

    /// <summary>By the group's number.</summary>
    public IReadOnlyDictionary<long, SelectedGroup> Groups => _groups;

    /// <summary>The different values of the dimensions asked for.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Values => _values;

    /// <param name="connection">The database.</param>
    /// <param name="dimensions">Whose values are wanted.</param>
    /// <param name="filters">Dimensions that must have one of the values, which may be patterns.</param>
    /// <param name="fits">Which doubts are wanted; null for any.</param>
    /// <param name="prefix">How the first dimension's value begins, in either case.</param>
    public static GroupSelection Of(
        SqliteConnection connection, IReadOnlyList<string> dimensions, IReadOnlyDictionary<string, IReadOnlyList<string>> filters,
        Func<CallDoubt, bool>? fits = null, string prefix = "")
    {
        var selection = new GroupSelection();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        var tags = new Dictionary<long, IReadOnlyDictionary<string, string>>();
        using var select = connection.CreateCommand();
        select.CommandText = """
            SELECT key_id, operation, model, region, scope, tier, outcome, error, status, g.id, doubt, tag_set, t.tags
            FROM call_groups g JOIN tag_sets t ON t.id = g.tag_set
            """;
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            var doubt = (CallDoubt)reader.GetInt64(10);
            if (fits?.Invoke(doubt) == false || !filters.All(f => Wildcard.MatchesAny(f.Value, Value(reader, f.Key, tags))))
                continue;
            var values = dimensions.Select(d => Value(reader, d, tags)).ToArray();
            if (prefix.Length > 0 && !values[0].StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            var id = string.Concat(values.Select(v => $"{v.Length}:{v}"));
            if (!places.TryGetValue(id, out var place))
            {
                places[id] = place = selection._values.Count;
                selection._values.Add(values);
            }
            selection._groups[reader.GetInt64(9)] = new SelectedGroup(place, doubt, new CallEnd(reader.GetString(6), reader.GetString(7)));
        }
        return selection;
    }

    private static string Value(SqliteDataReader reader, string dimension, Dictionary<long, IReadOnlyDictionary<string, string>> tags)
    {
        if (Array.IndexOf(Columns, dimension) is >= 0 and var column)
            return reader.GetString(column);
        var set = reader.GetInt64(11);
        if (!tags.TryGetValue(set, out var pairs))
            tags[set] = pairs = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(12))!;
        return TagKey.Value(pairs, dimension.StartsWith(CallDimensions.Tag, StringComparison.Ordinal) ? dimension[CallDimensions.Tag.Length..] : dimension) ?? "";
    }
}
