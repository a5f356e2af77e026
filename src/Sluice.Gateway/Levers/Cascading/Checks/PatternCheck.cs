using System.Text.RegularExpressions;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to match a regular expression somewhere.</summary>
public sealed class PatternCheck(Regex pattern) : IAnswerCheck
{
    /// <summary>A pattern that takes longer on an answer rejects it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    public string Name => "pattern";

    public string? Objection(CheckedAnswer answer)
    {
        try
        {
            return pattern.IsMatch(answer.Text) ? null : "it does not match the pattern";
        }
        catch (RegexMatchTimeoutException)
        {
            return "the pattern takes too long on it";
        }
    }
}
