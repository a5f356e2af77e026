using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer says of itself that it is not sure.</summary>
public sealed class HedgingCheck : IAnswerCheck
{
    private static readonly Regex Hedges = LinearRegex.Of(
        @"\bi(?: am|['’]m) not (?:entirely |completely |quite )?(?:sure|certain)|\bi (?:do not|don['’]t) (?:really )?know\b"
        + @"|\b(?:it is|it['’]s) (?:unclear|hard to (?:say|tell)|difficult to (?:say|determine))"
        + @"|\bcan(?:no|['’])t (?:be determined|determine|tell|say for (?:sure|certain))"
        + @"|\b(?:not enough (?:information|context|detail)|insufficient (?:information|context|data))"
        + @"|\bwithout (?:more|further) (?:information|context|details)",
        ignoreCase: true);

    public string Name => "hedging";

    public string? Objection(CheckedAnswer answer) => Hedges.IsMatch(answer.Text) ? "it says that it is not sure" : null;
}
