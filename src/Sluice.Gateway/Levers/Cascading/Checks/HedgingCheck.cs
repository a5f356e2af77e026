using System.Text.RegularExpressions;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer says of itself that it is not sure.</summary>
public sealed partial class HedgingCheck : IAnswerCheck
{
    public string Name => "hedging";

    public string? Objection(CheckedAnswer answer) => Hedges().IsMatch(answer.Text) ? "it says that it is not sure" : null;

    [GeneratedRegex(
        @"\bi(?: am|['’]m) not (?:entirely |completely |quite )?(?:sure|certain)|\bi (?:do not|don['’]t) (?:really )?know\b|\b(?:it is|it['’]s) (?:unclear|hard to (?:say|tell)|difficult to (?:say|determine))|\bcan(?:no|['’])t (?:be determined|determine|tell|say for (?:sure|certain))|\bnot enough (?:information|context|detail)|\binsufficient (?:information|context|data)|\bwithout (?:more|further) (?:information|context|details)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Hedges();
}
