using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Coalescing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Stages.Sending;

namespace Sluice.Gateway;

/// <summary>The order of the stages, first is outermost. This list is the only place that says so; what prints it reads it.</summary>
public sealed class Pipeline
{
    private readonly IStage[] _stages;
    private readonly Next _entry;

    /// <param name="levers">Null for a pipeline that sends every call as it came.</param>
    public Pipeline(IdentifyStage identify, RecordStage record, LeverStages? levers, RetryStage retry, SendStage send)
        : this(levers is null
            ? [identify, record, retry, send]
            : [identify, record, levers.Plan, levers.Trim, levers.Recall, levers.Coalesce, levers.Cascade, levers.Route, levers.Uncut, levers.Output, levers.Mark, levers.Place, retry, send])
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

    private static Next Link(IStage stage, Next next) => (invocation, cancellationToken) => stage.InvokeAsync(invocation, next, cancellationToken);
}
