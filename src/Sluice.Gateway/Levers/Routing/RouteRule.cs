using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>A whole number from one bound to another, both included.</summary>
public readonly record struct CountRange(long Least, long Most)
{
    public bool Contains(long count) => count >= Least && count <= Most;

    public override string ToString() => (Least, Most) switch
    {
        (_, long.MaxValue) => string.Create(CultureInfo.InvariantCulture, $">={Least}"),
        (0 or long.MinValue, _) => string.Create(CultureInfo.InvariantCulture, $"<={Most}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Least}-{Most}"),
    };
}

/// <summary>Hours of the day in UTC; an end before the start means over midnight.</summary>
public readonly record struct HourRange(TimeOnly From, TimeOnly To)
{
    public bool Contains(TimeOnly time) => From <= To ? time >= From && time < To : time >= From || time < To;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:HH:mm}-{To:HH:mm}");
}

/// <summary>
/// A line of a route: every condition that it names has to hold, and those that it does not name do not matter. What a rule
/// looks at is known before the call.
/// </summary>
public sealed record RouteRule
{
    /// <summary>Leaves the call at the model that its caller asked for.</summary>
    public const string Asked = "asked";

    /// <summary>Hands the call to the route's trained model.</summary>
    public const string Router = "router";

    /// <summary>Hands the call to the route's cascade.</summary>
    public const string Cascade = "cascade";

    private readonly SearchValues<string>? _keywords;

    /// <summary>A candidate's name, or one of the words above.</summary>
    public required string Use { get; init; }

    /// <summary>A task's tag; <c>*</c> stands for any run of characters.</summary>
    public string? Task { get; init; }

    /// <summary>What the caller says in <c>x-sluice-hint</c>.</summary>
    public string? Hint { get; init; }

    public bool? Streamed { get; init; }

    /// <summary>Estimated, before trimming has settled.</summary>
    public CountRange? InputTokens { get; init; }

    /// <summary>Messages so far, the caller's last one included.</summary>
    public CountRange? Depth { get; init; }

    public bool? Tools { get; init; }

    public bool? Images { get; init; }

    public bool? Documents { get; init; }

    /// <summary>The caller asks for JSON: by a schema, by a response format or in words.</summary>
    public bool? Json { get; init; }

    /// <summary>Two letters of ISO 639-1, the language of the last message.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    /// <summary>Any of these words in the last message, whatever their case.</summary>
    public ImmutableArray<string> Keywords
    {
        get;
        init => (field, _keywords) = (value, SearchValues.Create(value.AsSpan(), StringComparison.OrdinalIgnoreCase));
    } = [];

    public HourRange? Hours { get; init; }

    /// <summary>Whole percent, rounded down, of whichever of the call's budgets has used most.</summary>
    public CountRange? BudgetUsed { get; init; }

    /// <summary>Whether the rule fits a call.</summary>
    public bool Fits(RequestTraits call) =>
        (Task is null || (call.Task is { } task && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Task, task)))
        && (Hint is null || Hint.Equals(call.Hint, StringComparison.OrdinalIgnoreCase))
        && (Streamed is null || Streamed == call.Streamed)
        && (InputTokens is not { } tokens || tokens.Contains(call.InputTokens))
        && (Depth is not { } depth || depth.Contains(call.Depth))
        && (Tools is null || Tools == call.HasTools)
        && (Images is null || Images == call.HasImages)
        && (Documents is null || Documents == call.HasDocuments)
        && (Json is null || Json == call.AsksForJson)
        && (Hours is not { } hours || hours.Contains(call.TimeOfDay))
        && (BudgetUsed is not { } used || used.Contains(call.BudgetUsed))
        // What has to read the text comes last.
        && (Keywords.IsEmpty || call.Mentions(_keywords!))
        && (Languages.IsEmpty || (call.Language is { } language && Languages.AsSpan().Contains(language, StringComparer.OrdinalIgnoreCase)));

    /// <summary>The conditions as they stand in the configuration; <c>always</c> where there is none.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        Add("task", Task);
        Add("hint", Hint);
        Add("streamed", Word(Streamed));
        Add("input_tokens", InputTokens?.ToString());
        Add("depth", Depth?.ToString());
        Add("tools", Word(Tools));
        Add("images", Word(Images));
        Add("documents", Word(Documents));
        Add("json", Word(Json));
        Add("language", Languages.IsEmpty ? null : string.Join('|', Languages));
        Add("keywords", Keywords.IsEmpty ? null : string.Join('|', Keywords));
        Add("hours", Hours?.ToString());
        Add("budget_used", BudgetUsed is { } used ? $"{used}%" : null);
        return parts.Count == 0 ? "always" : string.Join(", ", parts);

        void Add(string name, string? value)
        {
            if (value is not null)
                parts.Add($"{name} {value}");
        }
    }

    private static string? Word(bool? flag) => flag switch { true => "yes", false => "no", null => null };
}
