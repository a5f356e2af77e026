using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Watching;

namespace Sluice.Configuration;

/// <summary>Reads <c>quality_watch</c>: <c>off</c>, or how the answers of levers are held against the baseline's, for all calls and for those that an entry of <c>tasks</c> names.</summary>
internal static class WatchReader
{
    public static WatchOptions Read(YamlSection top)
    {
        var defaults = new WatchOptions();
        if (!top.IsSection("quality_watch"))
            return top.Flag("quality_watch") is false ? defaults with { Default = defaults.Default with { Share = 0 } } : defaults;
        var section = top.Section("quality_watch")!;
        var forAll = Task(section, defaults.Default);
        var tasks = new List<WatchedTask>();
        foreach (var entry in section.Sections("tasks"))
        {
            var scope = new LeverScope { App = entry.Text("app"), Task = entry.Text("task"), KeyId = entry.Text("key"), Models = entry.Text("models") };
            if (scope == new LeverScope())
                entry.Report("app", "is missing, as are 'task', 'key' and 'models'; at least one says which calls the entry is for");
            tasks.Add(Task(entry, forAll) with { Scope = scope });
            entry.RejectUnknown();
        }
        var options = new WatchOptions { Default = forAll, Tasks = [.. tasks], MaxInFlight = section.Integer("in_flight", 1, 1_000) ?? defaults.MaxInFlight };
        section.RejectUnknown();
        return options;
    }

    /// <summary>What a section says, and of what it does not say the same as <paramref name="basis"/>.</summary>
    private static WatchedTask Task(YamlSection section, WatchedTask basis) => basis with
    {
        Share = section.Number("share", 0, 1) ?? basis.Share,
        Margin = section.Number("margin", 0, 1) ?? basis.Margin,
        Checks = section.Section("checks") is { } checks ? CascadesReader.Checks(checks) : basis.Checks,
        Judge = section.Text("judge") is { } judge ? ModelIdentifier.Parse(judge) : basis.Judge,
        JudgePoints = section.Integer("judge_points", 1, 10) ?? basis.JudgePoints,
    };
}
