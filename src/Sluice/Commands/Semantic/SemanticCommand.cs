using System.CommandLine;

namespace Sluice.Commands.Semantic;

/// <summary><c>sluice semantic</c>: whether two questions are one, by pairs that somebody labelled.</summary>
public static class SemanticCommand
{
    public static Command Create() => new("semantic", "The semantic cache: measure and train how it tells that two questions are one, and what it did.") { EvalCommand.Create(), TrainCommand.Create(), StatusCommand.Create() };
}
