using System.Globalization;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to have so many characters.</summary>
public sealed class LengthCheck(int least, int most) : IAnswerCheck
{
    public string Name => "length";

    public string? Objection(CheckedAnswer answer) => answer.Text.Length >= least && answer.Text.Length <= most
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"it has {answer.Text.Length} characters");
}
