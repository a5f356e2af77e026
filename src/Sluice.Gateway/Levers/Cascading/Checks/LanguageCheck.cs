using Sluice.Gateway.Levers.Texts;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to be in one language, or in that of the question; where a language can't be told, it passes.</summary>
/// <param name="language">Two letters of ISO 639-1, or null for the question's.</param>
public sealed class LanguageCheck(string? language) : IAnswerCheck
{
    public string Name => "language";

    public string? Objection(CheckedAnswer answer)
    {
        var wanted = language ?? TextLanguage.Of(answer.Question);
        return wanted is not null && TextLanguage.Of(answer.Text) is { } found && !found.Equals(wanted, StringComparison.OrdinalIgnoreCase) ? $"it is in '{found}' and not in '{wanted}'" : null;
    }
}
