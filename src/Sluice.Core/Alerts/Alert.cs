using System.Collections.ObjectModel;

namespace Sluice.Core.Alerts;

/// <summary>Something its owner should act on. It never holds prompts, replies or secrets.</summary>
public sealed record Alert
{
    public required AlertKind Kind { get; init; }

    /// <summary>What it concerns, such as a budget's name or a model.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// What makes it happen once: the same kind, subject and occasion are told once only, however often they are raised. A budget's
    /// is its period, threshold and revision.
    /// </summary>
    public required string Occasion { get; init; }

    /// <summary>What happened, in one sentence with its figures.</summary>
    public required string Title { get; init; }

    /// <summary>What to do about it, in one or two sentences.</summary>
    public required string Advice { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The figures by their snake_case names, for machines.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The same with every text safe to print and of bounded length, since callers choose some of them.</summary>
    public Alert Printable() => this with
    {
        Subject = PlainText.Of(Subject),
        Occasion = PlainText.Of(Occasion),
        Title = PlainText.Of(Title, MaxSentences),
        Advice = PlainText.Of(Advice, MaxSentences),
        Facts = Facts.ToDictionary(f => f.Key, f => PlainText.Of(f.Value), StringComparer.Ordinal),
    };

    /// <summary>Longest title or advice. Ours are shorter by half; Slack and SNS take 3,000 and more.</summary>
    private const int MaxSentences = 1_000;
}
