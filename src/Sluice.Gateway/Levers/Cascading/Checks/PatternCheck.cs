using System.Text.RegularExpressions;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to match a regular expression somewhere.</summary>
/// <param name="pattern">Made by <see cref="Core.LinearRegex"/>: the text it meets is a model's.</param>
public sealed class PatternCheck(Regex pattern) : IAnswerCheck
{
    public string Name => "pattern";

    public string? Objection(CheckedAnswer answer) => pattern.IsMatch(answer.Text) ? null : "it does not match the pattern";
}
