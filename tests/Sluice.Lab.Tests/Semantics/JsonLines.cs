using System.Text.Json;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Semantics;

/// <summary>The pairs that were written by hand for these tests, one JSON object a line.</summary>
internal static class JsonLines
{
    /// <summary>200 pairs that look alike and must never get each other's answer.</summary>
    public static IReadOnlyList<(string Kind, string A, string B)> Traps() => Read("traps.jsonl");

    /// <summary>Pairs that ask for the same in other words, which no guard should take from the cache.</summary>
    public static IReadOnlyList<(string Kind, string A, string B)> Rewordings() => Read("rewordings.jsonl");

    private static List<(string, string, string)> Read(string file) =>
    [
        .. File.ReadLines(Path.Combine(SharedFolder.RepositoryRoot, "tests/Sluice.Lab.Tests/Semantics", file)).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            return (root.TryGetProperty("kind", out var kind) ? kind.GetString()! : "", root.GetProperty("a").GetString()!, root.GetProperty("b").GetString()!);
        }),
    ];
}
