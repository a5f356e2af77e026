using System.Text.RegularExpressions;

namespace Tidy;

/// <summary>A folder of a project is a topic. Topics that need each other in a circle can only be read together.</summary>
public sealed partial class TopicTests
{
    /// <summary>
    /// Circles that are there, by the names of their topics. The list only shrinks: a circle that is gone, or smaller, must go
    /// from here too.
    /// </summary>
    private static readonly string[] Known =
    [
        "Sluice.Bedrock: Anthropic Converse InvokeModel OpenAi Replies",
        "Sluice.Gateway: Levers Stages",
        "Sluice.Simulator: Answering Billing Caching Dialects Faults Guardrails Logs Models Prompts Quotas Replies Serving Streaming Timing",
    ];

    [Fact]
    public void TopicsOfAProjectFormNoCircle() => Assert.Equal(Known, Circles().Order(StringComparer.Ordinal));

    private static IEnumerable<string> Circles()
    {
        var files = Repository.CSharp("src").Select(f => f.Split('/')).Where(parts => parts.Length > 3);
        foreach (var project in files.GroupBy(parts => parts[1], StringComparer.Ordinal))
        {
            var needs = project.GroupBy(parts => parts[2], StringComparer.Ordinal).ToDictionary(
                topic => topic.Key,
                topic => topic.SelectMany(parts => Needed(project.Key, Repository.Read(string.Join('/', parts)))).Where(n => n != topic.Key).ToHashSet(StringComparer.Ordinal),
                StringComparer.Ordinal);
            var left = needs.Keys.ToHashSet(StringComparer.Ordinal);
            foreach (var topic in needs.Keys.Order(StringComparer.Ordinal).Where(left.Contains))
            {
                var circle = Reached(topic, needs).Where(other => Reached(other, needs).Contains(topic)).Order(StringComparer.Ordinal).ToList();
                left.ExceptWith(circle);
                if (circle.Count > 1)
                    yield return $"{project.Key}: {string.Join(' ', circle)}";
            }
        }
    }

    private static HashSet<string> Reached(string from, Dictionary<string, HashSet<string>> needs)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([from]);
        while (next.TryPop(out var topic))
        {
            foreach (var need in needs.GetValueOrDefault(topic, []))
            {
                if (reached.Add(need))
                    next.Push(need);
            }
        }
        return reached;
    }

    /// <summary>The topics of the same project that a file uses.</summary>
    private static IEnumerable<string> Needed(string project, string code) => Using().Matches(code)
        .Select(m => m.Groups["name"].Value)
        .Where(name => name.StartsWith(project + ".", StringComparison.Ordinal))
        .Select(name => name[(project.Length + 1)..].Split('.')[0]);

    [GeneratedRegex(@"^using (?:static |\w+ = )?(?<name>Sluice[\w.]*);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Using();
}
