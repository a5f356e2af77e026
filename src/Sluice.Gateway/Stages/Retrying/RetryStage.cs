using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Retrying;

/// <summary>
/// Tries again what AWS's standard retry mode would: throttles, 500, 502, 503, 504 and lost connections, with jittered
/// backoff. A stream counts as failed too if it opens with such an error or breaks off before its first event. Once
/// bytes have reached the caller nothing is ever repeated.
/// </summary>
public sealed class RetryStage(RetryOptions options, TimeProvider time, Random random) : IStage
{
    private const int RetryCost = 5;

    private readonly RetryQuota _quota = new();
    private readonly Lock _randomGate = new();

    public string Name => "retry";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + options.TotalBudget;
        var taken = 0;
        for (var attempt = 1; ; attempt++)
        {
            var (reply, error, failure) = await TryAsync(invocation, next, cancellationToken);
            if (reply is not null && error is null && !TransientErrors.Has(reply.Status))
            {
                _quota.GiveBack(Math.Max(taken, 1));
                return reply;
            }

            var delay = Delay(attempt, reply);
            if (attempt >= options.MaxAttempts || !CanRetry(failure) || invocation.CallerGone.IsCancellationRequested
                || time.GetUtcNow() + delay > deadline || !_quota.TryTake(RetryCost))
            {
                return reply ?? throw failure!;
            }

            taken = RetryCost;
            if (error is not null)
                EndAttempt(invocation, error, wasBilled: false);
            if (reply is not null)
                await reply.DisposeAsync();
            try
            {
                await Task.Delay(delay, time, invocation.CallerGone);
            }
            catch (OperationCanceledException)
            {
                // The caller left during the wait: nobody needs another attempt, and the ledger has the one that was made.
                throw failure ?? new UpstreamException(UpstreamFailureKind.TimedOut, "The caller left while a retry was waiting.");
            }
            invocation.Lifetime.Renew();
        }
    }

    /// <summary>One attempt, up to the first event of a stream.</summary>
    /// <returns>The reply, with the transient error that its stream opens with; or why there is none.</returns>
    private async ValueTask<(Reply? Reply, string? Error, UpstreamException? Failure)> TryAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        Reply? reply = null;
        try
        {
            reply = await next(invocation, cancellationToken);
            if (options.MaxAttempts == 1 || !FirstEvent.IsReadable(reply))
                return (reply, null, null);
            var (whole, error) = await FirstEvent.ReadAsync(reply, invocation.Request);
            return (whole, error is not null && TransientErrors.Has(error) ? error : null, null);
        }
        catch (UpstreamException e)
        {
            if (reply is not null)
            {
                EndAttempt(invocation, e.Error, wasBilled: null);
                await reply.DisposeAsync();
            }
            return (null, null, e);
        }
    }

    /// <summary>Books an attempt whose reply no one will see.</summary>
    /// <param name="wasBilled">False for one that failed before any work; null if no one knows.</param>
    private static void EndAttempt(Invocation invocation, string error, bool? wasBilled) =>
        invocation.Attempts.Update(invocation.Attempts.Current with
        {
            Outcome = Outcome.UpstreamError,
            Error = error,
            Usage = wasBilled == false ? Usage.None : null,
            Cost = wasBilled == false ? Money.Zero : null,
        });

    // A time-out has used up the invocation's whole lifetime, and missing credentials stay missing.
    private static bool CanRetry(UpstreamException? failure) =>
        failure?.Kind is null or UpstreamFailureKind.Unreachable or UpstreamFailureKind.ConnectionLost;

    private TimeSpan Delay(int attempt, Reply? reply)
    {
        if (reply?.Headers["Retry-After"] is { } after && int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        double jitter;
        lock (_randomGate)
            jitter = random.NextDouble();
        var bound = Math.Min(options.MaxDelay.TotalSeconds, options.BaseDelay.TotalSeconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromSeconds(jitter * bound);
    }
}
