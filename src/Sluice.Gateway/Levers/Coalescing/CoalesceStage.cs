using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Levers.Coalescing;

/// <summary>
/// Lets identical calls in flight share one attempt. The first leads and pays; each that joins gets the whole reply, however
/// late it comes, and neither hurts the other by leaving. Where the leader fails, those who wait go on by themselves.
/// </summary>
public sealed partial class CoalesceStage(ILogger<CoalesceStage> logger) : IStage
{
    private readonly ConcurrentDictionary<CacheKey, Flight> _flights = new();

    public string Name => Lever.Coalesce.Name();

    /// <summary>Calls that others could join now.</summary>
    public int InFlight => _flights.Count;

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var mode = invocation.Levers.ModeOf(Lever.Coalesce);
        if (mode == LeverMode.Off || !TryIdentify(invocation, out var key))
            return await next(invocation, cancellationToken);

        var own = new Flight(invocation);
        var flight = _flights.GetOrAdd(key, own);
        if (flight == own)
            return await LeadAsync(invocation, key, own, next, cancellationToken);
        var why = $"the same call was in flight, as invocation {flight.Leader.Id}";
        if (mode == LeverMode.Shadow)
        {
            invocation.Effects.Add(new LeverEffect(Name, why, IsShadow: true, shape => shape with { Usage = Usage.None }));
            return await next(invocation, cancellationToken);
        }
        if (await JoinAsync(invocation, flight, why) is { } reply)
            return reply;
        // Whoever has waited for a leader in vain does not wait for another: many would fail one after the other.
        invocation.Lifetime.Renew();
        return await next(invocation, cancellationToken);
    }

    private async ValueTask<Reply> LeadAsync(Invocation invocation, CacheKey key, Flight flight, Next next, CancellationToken cancellationToken)
    {
        SharedReply? shared = null;
        try
        {
            var reply = await next(invocation, cancellationToken);
            // An error is the leader's own: it may be the one call too many of its key. What was compressed without having been asked for may be nobody else's.
            if (reply.Status != 200 || reply.IsCompressed)
                return reply;
            shared = new SharedReply(reply.Status, reply.Headers, reply.Frames);
            return new Reply(reply.Status, reply.Headers, LeadFramesAsync(shared, key, flight), new Landing(this, key, flight, shared, reply));
        }
        finally
        {
            if (shared is null)
                Land(key, flight);
            flight.Reply.TrySetResult(shared);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> LeadFramesAsync(SharedReply shared, CacheKey key, Flight flight)
    {
        try
        {
            await foreach (var frame in shared.ReadAsync())
                yield return frame;
        }
        finally
        {
            Land(key, flight);
            await shared.DisposeAsync();
        }
    }

    /// <returns>Null where the leader failed before it had given anything.</returns>
    private async ValueTask<Reply?> JoinAsync(Invocation invocation, Flight flight, string why)
    {
        var seat = new Seat(flight.Leader.Lifetime, invocation.CallerGone);
        // The leader's limits hold for all who wait; only whoever leaves need not wait for them.
        invocation.Lifetime.Pause();
        var joined = false;
        try
        {
            var shared = await flight.Reply.Task.WaitAsync(invocation.CallerGone);
            if (shared is null || !await shared.HasBegunAsync().WaitAsync(invocation.CallerGone))
                return null;
            joined = true;
            var isMarked = flight.Leader.Effects.All.Any(e => e.Lever == Lever.Mark.Name() && !e.IsShadow);
            invocation.Effects.Add(new LeverEffect(Name, why, IsShadow: false, _ => RecallStage.Unmarked(invocation.Recording?.AnswerShape, isMarked)));
            return new Reply(shared.Status, shared.CopyHeaders(), FollowAsync(shared, seat));
        }
        catch (OperationCanceledException) when (invocation.CallerGone.IsCancellationRequested)
        {
            throw new UpstreamException(UpstreamFailureKind.TimedOut, "The caller left while it waited for the reply to the same call of another.");
        }
        finally
        {
            if (!joined)
                seat.Dispose();
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> FollowAsync(SharedReply shared, Seat seat)
    {
        using var taken = seat;
        await foreach (var frame in shared.ReadAsync())
            yield return frame;
    }

    /// <summary>From now on a call like it makes an attempt of its own.</summary>
    private void Land(CacheKey key, Flight flight) => _flights.TryRemove(KeyValuePair.Create(key, flight));

    private bool TryIdentify(Invocation invocation, out CacheKey key)
    {
        try
        {
            var isKnown = AnswerIdentity.TryGet(invocation, invocation.Levers.Options.Coalesce.Sampled, out var keys);
            key = keys.Own;
            return isKnown;
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, invocation.Id);
            key = default;
            return false;
        }
    }

    /// <summary>An attempt that others may join.</summary>
    private sealed class Flight(Invocation leader)
    {
        public Invocation Leader { get; } = leader;

        /// <summary>Null once the leader has failed.</summary>
        public TaskCompletionSource<SharedReply?> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A follower's claim on the leader's reply. It ends with the following, or earlier, when the follower's caller leaves.</summary>
    private sealed class Seat : IDisposable
    {
        private readonly InvocationLifetime _leader;
        private readonly CancellationTokenRegistration _registration;
        private int _isLeft;

        public Seat(InvocationLifetime leader, CancellationToken callerGone)
        {
            _leader = leader;
            leader.Hold();
            _registration = callerGone.UnsafeRegister(static seat => ((Seat)seat!).Leave(), this);
        }

        public void Dispose()
        {
            _registration.Dispose();
            Leave();
        }

        private void Leave()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                _leader.Release();
        }
    }

    /// <summary>The end of the leader's reply, also of one that was never read: a flight that stayed would answer for ever.</summary>
    private sealed class Landing(CoalesceStage stage, CacheKey key, Flight flight, SharedReply shared, Reply reply) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            stage.Land(key, flight);
            await shared.DisposeAsync();
            await reply.DisposeAsync();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(54, LogLevel.Error, "Invocation {InvocationId} is not shared: coalescing failed")]
        public static partial void Faulted(ILogger logger, Exception exception, string invocationId);
    }
}
