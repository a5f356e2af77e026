using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Coalescing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Keeping;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;

namespace Sluice.Gateway;

/// <summary>The order of the stages, first is outermost. This list is the only place that says so; what prints it reads it.</summary>
public sealed class Pipeline
{
    private readonly IStage[] _stages;
    private readonly Next _entry;

    /// <param name="identify">Who calls. A replay has one of its own, as it has of <paramref name="send"/>.</param>
    /// <param name="record">Meters and books.</param>
    /// <param name="levers">Null for a pipeline that sends every call as it came.</param>
    /// <param name="retry">Repeats what failed.</param>
    /// <param name="send">The last, which answers by itself.</param>
    /// <param name="limit">Keeps attempts within limits and quotas.</param>
    /// <param name="keep">Stands behind <paramref name="record"/> where the owner has bodies kept; null otherwise.</param>
    /// <param name="budget">Stands before <paramref name="send"/>, so that each attempt pays for itself; null where nothing is to be held.</param>
    public Pipeline(IStage identify, RecordStage record, LeverStages? levers, RetryStage retry, LimitStage limit, IStage send, KeepStage? keep = null, BudgetStage? budget = null)
        : this(WithKeep(keep, levers is null
            ? [identify, record, retry, limit, budget, send]
            : [identify, record, levers.Plan, levers.Watch, levers.Trim, levers.Recall, levers.Semantic, levers.Coalesce, levers.Cascade, levers.Route, levers.Uncut, levers.Output, levers.Mark, levers.Place, retry, limit, budget, send]))
    { }

    internal Pipeline(IStage[] stages)
    {
        _stages = stages;
        Next next = static (_, _) => throw new InvalidOperationException("The last stage of the pipeline must answer by itself.");
        for (var i = stages.Length - 1; i >= 0; i--)
            next = Link(stages[i], next);
        _entry = next;
    }

    /// <summary>The names of the stages, outermost first.</summary>
    public IEnumerable<string> Order => _stages.Select(s => s.Name);

    public ValueTask<Reply> InvokeAsync(Invocation invocation, CancellationToken cancellationToken) => _entry(invocation, cancellationToken);

    private static IStage[] WithKeep(KeepStage? keep, IEnumerable<IStage?> stages)
    {
        IStage[] present = [.. stages.OfType<IStage>()];
        return keep is null ? present : [.. present[..2], keep, .. present[2..]];
    }

    private static Next Link(IStage stage, Next next) => (invocation, cancellationToken) => stage.InvokeAsync(invocation, next, cancellationToken);
}
