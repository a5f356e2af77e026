using Sluice.Lab.Routers.Metrics;

namespace Sluice.Lab.Routers;

/// <summary>What an evaluation found. Shares and scores are from 0 to 1.</summary>
public sealed record RouterReport
{
    public required int Lines { get; init; }

    /// <summary>Lines without an outcome of both models.</summary>
    public required int SkippedLines { get; init; }

    public required int Folds { get; init; }

    public required int Seed { get; init; }

    public required string DataDigest { get; init; }

    public required ModelEndpoint Strong { get; init; }

    public required ModelEndpoint Weak { get; init; }

    /// <summary>Mean score if each prompt went to the better of the two.</summary>
    public required double Oracle { get; init; }

    /// <summary>The share of prompts on which the strong model scores higher. Always choosing the weak one is right on all others.</summary>
    public required double StrongBetter { get; init; }

    /// <summary>The router and, beside it, the rules and baselines; without the router where there are too few lines to train on.</summary>
    public required IReadOnlyList<RankedPolicy> Policies { get; init; }

    /// <summary>Shares of strong calls as asked for and as delivered on unseen folds.</summary>
    public required IReadOnlyList<ShareHeld> Shares { get; init; }

    /// <summary>Quality floors as asked for and as delivered on unseen folds.</summary>
    public required IReadOnlyList<FloorHeld> Floors { get; init; }

    /// <summary>Mean distance between expected and measured gain over ten groups of equal size; null without a router.</summary>
    public required double? CalibrationError { get; init; }

    /// <summary>The share of unseen prompts on which the router abstains, which sends them to the strong model.</summary>
    public required double? UnknownShare { get; init; }

    public required IReadOnlyList<TaskRow> Tasks { get; init; }

    /// <summary>Null where costs are not known.</summary>
    public required Frontier? Frontier { get; init; }

    public RankedPolicy? Policy(string name) => Policies.FirstOrDefault(p => p.Name == name);
}

public sealed record ModelEndpoint(string Model, double Score, double? CostUsd);

public sealed record ShareHeld(double Asked, double Delivered, double Score);

/// <param name="Gap">The part of the gap between the models that the floor asks for.</param>
/// <param name="Floor">The mean score asked for.</param>
/// <param name="Share">The share of strong calls that was used; all of them where no share held the floor in training.</param>
/// <param name="Score">The mean score on unseen folds.</param>
public sealed record FloorHeld(double Gap, double Floor, double Share, double Score);

/// <param name="Task">The task.</param>
/// <param name="Lines">How many lines have it.</param>
/// <param name="StrongScore">The strong model's mean score.</param>
/// <param name="WeakScore">The weak model's mean score.</param>
/// <param name="StrongShare">The share of its prompts that the router sends to the strong model when half of all prompts go there.</param>
public sealed record TaskRow(string Task, int Lines, double StrongScore, double WeakScore, double? StrongShare);

/// <summary>Names of the ways to choose, the same in every form of output.</summary>
public static class PolicyNames
{
    public const string Router = "router";
    public const string RouterWithTask = "router with task";
    public const string TaskTable = "task table";
    public const string Length = "longer prompt";
    public const string Random = "random";
    public const string Oracle = "oracle";
}
