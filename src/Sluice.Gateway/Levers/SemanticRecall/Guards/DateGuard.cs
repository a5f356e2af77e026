using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Different months, weekdays, seasons, times of day or moments told from now. Years and days are numbers.</summary>
public sealed class DateGuard : IGuard
{
    private static readonly FrozenDictionary<string, string> Always = WordSets.Groups("""
        january jan
        february feb
        april apr
        june jun
        july jul
        august aug
        september sep sept
        october oct
        november nov
        december dec
        monday mondays
        tuesday tuesdays
        wednesday wednesdays
        thursday thursdays
        friday fridays
        saturday saturdays
        sunday sundays
        spring
        summer
        autumn
        winter
        weekend weekends
        weekday weekdays
        today
        tonight
        tomorrow
        yesterday
        morning
        afternoon
        evening
        night
        noon midday
        midnight
        am
        pm
        easter
        christmas xmas
        q1
        q2
        q3
        q4
        bc bce
        """);

    /// <summary>Months that are other words too, unless they are written as names.</summary>
    private static readonly FrozenSet<string> Capitalised = WordSets.Of("March May");

    private static readonly FrozenSet<string> Relative = WordSets.Of("last next this previous past coming current following upcoming");

    private static readonly FrozenSet<string> Spans = WordSets.Of("day week month year quarter decade century weekend season time monday tuesday wednesday thursday friday saturday sunday summer winter spring autumn night");

    public string Name => "dates";

    public string? Objection(Wording a, Wording b) => Found(a).SetEquals(Found(b)) ? null : "the dates differ";

    private static HashSet<string> Found(Wording text)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Words.Length; i++)
        {
            var word = text.Words[i];
            // "Am" is a verb unless it stands behind a number.
            var isVerb = word.Lower == "am" && (i == 0 || !text.Words[i - 1].IsNumber);
            if (Always.TryGetValue(word.Lower, out var name) && !isVerb)
                found.Add(name);
            else if (!word.StartsSentence && Capitalised.Contains(word.Written))
                found.Add(word.Lower);
            else if (word.IsNumber && word.Lower[^1] == 'm' && word.Lower.Length > 2 && word.Lower[^2] is 'a' or 'p')
                found.Add(word.Lower[^2..]);
            if (i > 0 && Spans.Contains(word.Lower) && Relative.Contains(text.Words[i - 1].Lower))
                found.Add($"{RelativeName(text.Words[i - 1].Lower)} {word.Lower}");
        }
        return found;
    }

    private static string RelativeName(string lower) => lower switch
    {
        "previous" or "past" => "last",
        "coming" or "following" or "upcoming" => "next",
        "current" => "this",
        _ => lower,
    };
}
