namespace Sluice.Lab.Routers.Metrics;

/// <summary>What kind of choice a point stands for.</summary>
public enum ChoiceKind
{
    SingleModel,
    Router,
    Cascade,
}

/// <summary>What one choice costs a call and how well it answers.</summary>
/// <param name="Name">The model, or the way to choose.</param>
/// <param name="Kind">What it is.</param>
/// <param name="CostUsd">Mean dollars a call, with every attempt.</param>
/// <param name="Score">Mean score from 0 to 1.</param>
public sealed record CostQuality(string Name, ChoiceKind Kind, double CostUsd, double Score);
