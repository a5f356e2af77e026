using Sluice.Gateway;

namespace Sluice.Lab.Replays.Playing;

/// <summary>The first stage of a replay: who calls is what the recording says.</summary>
internal sealed class CallerStage(PlayedCalls calls) : IStage
{
    public string Name => "identify";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var call = calls.Of(invocation).Recorded;
        invocation.Caller = new Caller(call.Caller, call.Tags, PresentedSluiceKey: call.Caller is not null);
        return next(invocation, cancellationToken);
    }
}
