using System.Globalization;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Retrying;

/// <summary>
/// Tries again what AWS's standard retry mode would: throttles, 500, 502, 503, 504 and lost connections, with jittered
/// backoff, and only before a reply begins. Once bytes have reached the caller nothing is ever repeated.
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
            Reply? reply = null;
            UpstreamException? failure = null;
            try
            {
                reply = await next(invocation, cancellationToken);
            }
            catch (UpstreamException e)
            {
                failure = e;
            }

            if (reply is not null && !IsRetryable(reply.Status))
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

    internal static bool IsRetryable(int status) => status is 429 or 500 or 502 or 503 or 504;

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
