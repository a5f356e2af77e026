using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Reports.Saving;

/// <summary>What marking did for the calls that share their values of some dimensions.</summary>
internal sealed record MarkingGroup(string[] Values, MarkingTally Tally);

internal static class MarkingGroups
{
    /// <summary>Groups by their values, in order.</summary>
    /// <param name="by"><c>key</c>, <c>model</c>, and tags by their names.</param>
    public static IReadOnlyList<MarkingGroup> Of(string[] by, IEnumerable<InvocationRecord> records)
    {
        var groups = new Dictionary<string, MarkingGroup>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            string[] values = [.. by.Select(dimension => Value(dimension, record))];
            var name = string.Join('\n', values);
            if (!groups.TryGetValue(name, out var group))
                groups[name] = group = new MarkingGroup(values, new MarkingTally());
            group.Tally.Add(record);
        }
        return [.. groups.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Value).Where(g => g.Tally.Calls > 0)];
    }

    private static string Value(string dimension, InvocationRecord record) => dimension switch
    {
        "key" => record.KeyId ?? "",
        "model" => record.ServedModel ?? record.RequestedModel ?? "",
        _ => record.Tags.GetValueOrDefault(dimension, ""),
    };
}
