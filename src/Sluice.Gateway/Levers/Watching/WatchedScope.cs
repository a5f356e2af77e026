using System.Collections.Immutable;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>Calls whose answers are judged together, and the lever that may have changed them.</summary>
public sealed record WatchedScope(string? App, string? Task, string Lever)
{
    public static WatchedScope Of(ImmutableSortedDictionary<string, string> tags, Lever lever) =>
        new(tags.GetValueOrDefault("app"), tags.GetValueOrDefault("task"), lever.Name());
}
