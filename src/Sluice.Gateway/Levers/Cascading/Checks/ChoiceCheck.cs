using System.Collections.Immutable;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to be one of a few, but for case, blanks and a full stop.</summary>
public sealed class ChoiceCheck(ImmutableArray<string> choices) : IAnswerCheck
{
    public string Name => "one_of";

    public string? Objection(CheckedAnswer answer)
    {
        var text = answer.Text.AsSpan().Trim().TrimEnd('.');
        foreach (var choice in choices)
        {
            if (text.Equals(choice, StringComparison.OrdinalIgnoreCase))
                return null;
        }
        return "it is none of the allowed answers";
    }
}
