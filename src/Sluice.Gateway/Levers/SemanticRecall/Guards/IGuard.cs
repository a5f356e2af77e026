using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>
/// Knows one way in which two texts that look alike ask for different things. It is the same whichever text comes first.
/// </summary>
public interface IGuard
{
    /// <summary>What it looks at, as decisions and reports name it.</summary>
    string Name { get; }

    /// <summary>Why an answer to one must not be given to the other, in words that repeat nothing of the texts; null if this guard has no objection.</summary>
    string? Objection(Wording a, Wording b);
}
