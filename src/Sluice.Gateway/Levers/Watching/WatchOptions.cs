using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.Cascading.Checks;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>How answers that levers may have changed are held against those that the caller would have got without them.</summary>
public sealed record WatchOptions
{
    /// <summary>For calls that no entry of <see cref="Tasks"/> is for.</summary>
    public WatchedTask Default { get; init; } = new();

    /// <summary>The first whose calls include one holds.</summary>
    public ImmutableArray<WatchedTask> Tasks { get; init; } = [];

    /// <summary>Samples that may be under way at once; more are left out, and the log says so. Default 8.</summary>
    public int MaxInFlight { get; init; } = 8;

    public WatchedTask For(Invocation invocation)
    {
        foreach (var task in Tasks)
        {
            if (task.Scope.Matches(invocation.Tags, invocation.Caller.KeyId, invocation.Request.Model?.Raw))
                return task;
        }
        return Default;
    }
}

/// <summary>How some calls are watched.</summary>
public sealed record WatchedTask
{
    public LeverScope Scope { get; init; } = new();

    /// <summary>The share of treated calls, from 0 to 1, that the baseline answers once more. Default 0.01.</summary>
    public double Share { get; init; } = 0.01;

    /// <summary>By how much the share of good answers, from 0 to 1, may be lower than the baseline's. Default 0.05.</summary>
    public double Margin { get; init; } = 0.05;

    /// <summary>What a good answer passes; null for what the call's cascade checks, and without one for whole answers that are no refusals.</summary>
    public ImmutableArray<IAnswerCheck>? Checks { get; init; }

    /// <summary>The model that says of answers that pass the checks whether they are good; null for that of the call's cascade, if it has one.</summary>
    public ModelIdentifier? Judge { get; init; }

    /// <summary>The judge's points, from 1 to 10, of a good answer; null for those of the cascade, or 7.</summary>
    public int? JudgePoints { get; init; }
}
