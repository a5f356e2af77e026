namespace Sluice.Gateway;

/// <summary>The rest of the pipeline, as a stage sees it.</summary>
public delegate ValueTask<Reply> Next(Invocation invocation, CancellationToken cancellationToken);

/// <summary>
/// One step of the pipeline. It may change the request, answer by itself, call <c>next</c> again, or wrap the frames of
/// the reply; the token ends when the invocation may no longer go on, which is later than when its caller leaves.
/// </summary>
public interface IStage
{
    /// <summary>One word in the imperative, as the pipeline's order is printed: <c>record</c>.</summary>
    string Name { get; }

    ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken);
}
