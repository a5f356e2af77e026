using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Replies;
using Sluice.Core.Invocations;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>
/// Meters the reply while it passes and writes the ledger: the intent before each attempt leaves, the record when the
/// reply has ended, whoever ended it. It reads a reply to its end even when the caller has left, because AWS bills it.
/// </summary>
public sealed partial class RecordStage(Recorder recorder, RecordOptions options, ILogger<RecordStage> logger) : IStage
{
    public const string InvocationIdHeader = "x-sluice-invocation-id";
    public const string CostHeader = "x-sluice-cost-usd";

    /// <summary>The levers that acted, in order, each with its reason: a list with parameters as in RFC 8941.</summary>
    public const string DecisionsHeader = "x-sluice-decisions";

    public string Name => "record";

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var recording = recorder.Begin(invocation);
        invocation.Recording = recording;
        invocation.Attempts.BeforeSending = recording.WriteIntent;
        try
        {
            var reply = await next(invocation, cancellationToken);
            Stamp(reply, invocation);
            await recording.ObserveAsync(reply);
            return reply.Framing == ReplyFraming.Json && LengthOf(reply) <= options.MaxBufferedReplyBytes
                ? await WholeAsync(reply, recording)
                : reply.WithFrames(PassAsync(reply.Frames.GetAsyncEnumerator(CancellationToken.None), default, recording, invocation.Lifetime));
        }
        catch (LedgerUnavailableException e)
        {
            // The intent is written first, so what could not be recorded has not left. Refusing is what the owner asked for.
            if (invocation.Attempts.Count > 0)
                recording.Close(Outcome.UpstreamError, nameof(LedgerUnavailableException));
            return Stamp(Refusal.Unavailable($"The call was not sent because it could not be recorded: {e.Message}").ToReply(invocation.Request.Operation), invocation);
        }
        catch (RefusedException e)
        {
            recording.Close(recording.CallerLeft ? Outcome.ClientAborted : invocation.Attempts.HasCurrent ? Outcome.UpstreamError : Outcome.Refused, e.Error);
            return Stamp(e.Refusal.ToReply(invocation.Request.Operation), invocation);
        }
        catch (UpstreamException e)
        {
            Log.UpstreamFailed(logger, invocation.Id, e.Message);
            recording.Close(recording.CallerLeft ? Outcome.ClientAborted : Outcome.UpstreamError, e.Error);
            var refusal = e.Kind == UpstreamFailureKind.TimedOut ? Refusal.Timeout(e.Message) : Refusal.Unavailable(e.Message);
            return Stamp(refusal.ToReply(invocation.Request.Operation), invocation);
        }
        catch (Exception e)
        {
            recording.Close(Outcome.UpstreamError, e.GetType().Name);
            throw;
        }
    }

    /// <summary>A plain reply is read whole, so that its cost can stand in its header; a very large one passes as it comes.</summary>
    private async ValueTask<Reply> WholeAsync(Reply reply, OpenRecord recording)
    {
        var body = new ReplyBuffer(LengthOf(reply));
        var frames = reply.Frames.GetAsyncEnumerator(CancellationToken.None);
        while (await frames.MoveNextAsync())
        {
            recording.Append(frames.Current.Span);
            body.Append(frames.Current.Span);
            if (body.Length > options.MaxBufferedReplyBytes)
                return reply.WithFrames(PassAsync(frames, body.Written, recording, recording.Invocation.Lifetime));
        }
        await frames.DisposeAsync();
        var record = recording.Close();
        if (record.Cost is { } cost)
            reply.Headers.Set(CostHeader, cost.ToString());
        return body.ToReply(reply.Status, reply.Headers);
    }

    /// <summary>Passes each frame on as it comes, after the bytes that were read already.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PassAsync(
        IAsyncEnumerator<ReadOnlyMemory<byte>> frames, ReadOnlyMemory<byte> head, OpenRecord recording, InvocationLifetime lifetime)
    {
        try
        {
            if (!head.IsEmpty)
                yield return head;
            while (await NextAsync(frames, recording))
            {
                recording.Append(frames.Current.Span);
                yield return frames.Current;
            }
            recording.Close();
        }
        finally
        {
            // Not closed by now means that the caller left: the upstream's failures and the regular end close it above.
            if (!recording.IsClosed)
                await DrainAsync(frames, recording, lifetime);
            await frames.DisposeAsync();
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> frames, OpenRecord recording)
    {
        try
        {
            return await frames.MoveNextAsync();
        }
        catch (UpstreamException e)
        {
            recording.Close(recording.CallerLeft ? Outcome.ClientAborted : Outcome.UpstreamError, e.Error);
            throw;
        }
    }

    private static async ValueTask DrainAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> frames, OpenRecord recording, InvocationLifetime lifetime)
    {
        lifetime.Drain();
        string? error = null;
        try
        {
            while (await frames.MoveNextAsync())
                recording.Append(frames.Current.Span);
        }
        catch (UpstreamException e)
        {
            error = e.Error;
        }
        recording.Close(Outcome.ClientAborted, error);
    }

    private static long LengthOf(Reply reply) => long.TryParse(reply.Headers["Content-Length"], out var length) ? length : 0;

    private static string DecisionsOf(LeverLog effects) => string.Join(", ", effects.All.Select(e =>
        $"{e.Lever};{(e.IsShadow ? "shadow;" : "")}why=\"{e.Why.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    private static Reply Stamp(Reply reply, Invocation invocation)
    {
        reply.Headers.Set(InvocationIdHeader, invocation.Id);
        if (invocation.Effects.All.Count > 0)
            reply.Headers.Set(DecisionsHeader, DecisionsOf(invocation.Effects));
        return reply;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Invocation {InvocationId} got no reply: {Cause}")]
        public static partial void UpstreamFailed(ILogger logger, string invocationId, string cause);
    }
}
