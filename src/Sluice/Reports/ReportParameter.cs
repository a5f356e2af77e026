using System.Globalization;
using Sluice.Core;

namespace Sluice.Reports;

/// <summary>What a question can be asked with. One parser reads it, whoever asks.</summary>
/// <param name="name">As in a query string; on the command line it has dashes for underscores.</param>
/// <param name="summary">A phrase, for help and the catalogue.</param>
internal abstract class ReportParameter(string name, string summary)
{
    public string Name => name;

    public string Summary => summary;

    /// <summary>The form of its value in help, such as <c>NAME=VALUE</c>.</summary>
    public string? Form { get; init; }

    /// <summary>May be given several times.</summary>
    public bool IsList { get; init; }

    /// <summary>On the command line, an argument without a name.</summary>
    public bool IsArgument { get; init; }

    /// <summary>Either there or not.</summary>
    public bool IsFlag { get; init; }

    /// <summary>The only values that it takes; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>What it is if nobody says, in words; null if the summary says it.</summary>
    public string? Default { get; init; }

    /// <summary>What a shell can offer for a word that was begun.</summary>
    public Func<string, IEnumerable<string>>? Completions { get; init; }

    /// <summary>The option on the command line.</summary>
    public string Option => "--" + name.Replace('_', '-');

    /// <exception cref="ReportMistakeException">The words are no value of it.</exception>
    public object? Read(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words.Count > 1 && !IsList)
            throw new ReportMistakeException($"{name} is given {words.Count} times; give it once.");
        foreach (var word in words)
        {
            if (Choices.Count > 0 && !Choices.Contains(word, StringComparer.Ordinal))
                throw new ReportMistakeException($"{name} '{Core.PlainText.Of(word)}' is none; write {Or(Choices)}.{Near(word)}");
        }
        return Value(words, clock);
    }

    /// <summary>The value in JSON: text, a number, a flag, or a list of texts.</summary>
    public abstract object? Shown(object? value);

    /// <summary>The value of the words, or of none of them.</summary>
    protected abstract object? Value(IReadOnlyList<string> words, ReportClock clock);

    private string Near(string word) => NearestName.Of(word, Choices) is { } near ? $" The nearest is '{near}'." : "";

    private static string Or(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} or {names[^1]}";
}

/// <summary>A parameter whose values are of one type.</summary>
/// <param name="name">As in a query string.</param>
/// <param name="summary">A phrase, for help and the catalogue.</param>
/// <param name="read">The value of the words; of none of them, the default. It throws <see cref="ReportMistakeException"/> for a mistake.</param>
internal sealed class ReportParameter<T>(string name, string summary, Func<IReadOnlyList<string>, ReportClock, T> read) : ReportParameter(name, summary)
{
    public override object? Shown(object? value) => value switch
    {
        null or string or bool or int or long => value,
        IEnumerable<string> words => words.ToArray(),
        DateTimeOffset moment => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, IReadOnlyList<string>> filters => filters.Select(f => $"{f.Key}={string.Join(',', f.Value)}").ToArray(),
        TimeZoneInfo zone => zone.Id,
        Enum choice => choice.ToString().ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    protected override object? Value(IReadOnlyList<string> words, ReportClock clock) => read(words, clock);
}
