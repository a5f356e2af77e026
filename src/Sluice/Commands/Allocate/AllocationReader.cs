using System.Globalization;
using Sluice.Configuration;
using Sluice.Insights.Allocating;

namespace Sluice.Commands.Allocate;

/// <summary>Reads allocation rules from YAML, collecting every mistake with its place and its fix.</summary>
internal static class AllocationReader
{
    private static readonly Dictionary<string, SplitBy> Splits = new(StringComparer.Ordinal)
    {
        ["usage"] = SplitBy.Usage,
        ["tokens"] = SplitBy.Tokens,
        ["evenly"] = SplitBy.Evenly,
    };

    /// <exception cref="ConfigurationException">The file can't be read or holds mistakes.</exception>
    public static AllocationPlan ReadFile(string file, string by)
    {
        return Read(YamlDocument.ReadText(file, "--rules"), file, by);
    }

    public static AllocationPlan Read(string yaml, string file, string by)
    {
        var errors = new List<ConfigurationError>();
        if (YamlDocument.Read(yaml, file) is not { } root || new YamlSection(root, "", file, errors).Section("allocation") is not { } section)
            throw new ConfigurationException([new(file, 1, 1, "The file must begin with 'allocation:' and its rules below; docs/allocation.md shows one.")]);
        var plan = new AllocationPlan
        {
            By = by,
            OtherTags = [.. (section.Texts("tags") ?? []).Where(t => t != by)],
            Rules = [.. section.Sections("rules").Select((s, i) => Rule(s, i + 1))],
        };
        section.RejectUnknown();
        return errors.Count == 0 ? plan : throw new ConfigurationException(errors);
    }

    private static AllocationRule Rule(YamlSection section, int number)
    {
        var to = section.Text("to");
        var isShares = section.IsSection("split");
        var split = isShares ? SplitBy.Shares : section.Has("split") ? section.Choice("split", Splits) : null;
        if ((to is null) == !section.Has("split"))
            section.Report("to", "and split: a rule must have one of the two, 'to: NAME' or 'split: usage'");
        if (to is { Length: 0 })
            section.Report("to", "is empty; name who gets the cost");
        var rule = new AllocationRule
        {
            Name = section.Text("name") ?? $"rule {number}",
            Conditions = section.Section("when") is { } when ? Conditions(when) : [],
            To = to,
            Split = split ?? SplitBy.Usage,
            Shares = isShares ? Shares(section.Section("split")!, section) : new Dictionary<string, decimal>(StringComparer.Ordinal),
            Among = section.Texts("among") ?? [],
            IncludesTagged = section.Flag("tagged") ?? false,
        };
        if (rule.Among.Count > 0 && (to is not null || isShares))
            section.Report("among", "has no meaning here; it is for 'split: usage', 'tokens' and 'evenly'");
        section.RejectUnknown();
        return rule;
    }

    private static List<AllocationCondition> Conditions(YamlSection when)
    {
        var conditions = new List<AllocationCondition>();
        foreach (var field in AllocationCondition.Fields)
        {
            if (when.Texts(field) is { } patterns)
                conditions.Add(new AllocationCondition(field, patterns));
        }
        if (when.Section("tag") is { } tags)
            conditions.AddRange(tags.AllTexts().Select(t => new AllocationCondition("tag:" + t.Key, [t.Value])));
        when.RejectUnknown();
        return conditions;
    }

    private static Dictionary<string, decimal> Shares(YamlSection split, YamlSection rule)
    {
        var shares = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (name, text) in split.AllTexts())
        {
            if (decimal.TryParse(text.TrimEnd('%', ' '), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1_000_000)
                shares[name] = share;
            else
                split.Report(name, $"is '{text}'; a share must be a number from 0 to 1000000, such as 60");
        }
        if (!shares.Values.Any(s => s > 0))
            rule.Report("split", "has no share above 0; write 'split: { blue: 60, red: 40 }'");
        return shares;
    }
}
