namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>Something that can be wrong with an answer and costs nothing to find out. Pure and safe for many threads.</summary>
public interface IAnswerCheck
{
    string Name { get; }

    /// <summary>What is wrong, in plain words and with nothing of the answer in them; null where nothing is.</summary>
    string? Objection(CheckedAnswer answer);
}
