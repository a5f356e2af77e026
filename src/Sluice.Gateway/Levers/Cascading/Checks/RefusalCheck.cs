using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The model, or a guardrail, declines to answer.</summary>
public sealed class RefusalCheck : IAnswerCheck
{
    /// <summary>Whoever declines does so at the beginning.</summary>
    private const int OpeningChars = 200;

    private static readonly Regex Declines = LinearRegex.Of(
        @"\b(?:i(?:['’]m| am) (?:sorry|afraid|unable|not able)|i (?:can(?:no|['’])t|won['’]?t|am not allowed to|must decline)"
        + @"|as an ai\b|i apologi[sz]e,? but|unfortunately,? i (?:can|am|do))",
        ignoreCase: true);

    public string Name => "refusal";

    public string? Objection(CheckedAnswer answer)
    {
        if (answer.StopReason is "refusal" or "guardrail_intervened" or "content_filtered" or "content_filter")
            return "the model or a guardrail held it back";
        if (answer.Text.Length == 0 && answer.Calls.IsEmpty)
            return "it is empty";
        return Declines.IsMatch(answer.Text.AsSpan(0, Math.Min(answer.Text.Length, OpeningChars))) ? "it declines to answer" : null;
    }
}
