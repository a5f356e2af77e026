using System.Globalization;
using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Stages.Recording;

namespace Sluice.Gateway.Levers.Recalling;

/// <summary>
/// Answers a call from memory, or from the disk where its owner wants that, when the same caller asked the same before: model,
/// parameters, system, tools and messages, in whatever spelling. A stored answer serves plain and streamed calls where its
/// other form is known. Only whole answers are kept: no errors, none that was cut off or held back by a guardrail.
/// </summary>
public sealed partial class RecallStage(ReplyStore store, IReplyArchive? archive, TimeProvider time, ILogger<RecallStage> logger) : IStage
{
    public string Name => Lever.Recall.Name();

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var mode = invocation.Levers.ModeOf(Lever.Recall);
        if (mode == LeverMode.Off)
            return next(invocation, cancellationToken);
        var options = invocation.Levers.Options.Recall;
        var oldest = time.GetUtcNow() - options.Lifetime;
        if (!TryFind(invocation, options, oldest, out var keys, out var stored))
            return next(invocation, cancellationToken);
        if (stored is not null)
            return AnswerAsync(invocation, stored, next, cancellationToken);
        return options.DiskBytes > 0 && (IsArchived(keys.Own, oldest) || (keys.Other is { } other && IsArchived(other, oldest)))
            ? SearchAsync(invocation, keys, oldest, next, cancellationToken)
            : AskAsync(invocation, keys.Own, next, cancellationToken);
    }

    /// <summary>What the answer used as if no cache point of ours had been in the request that led to it.</summary>
    internal static CallShape? Unmarked(CallShape? shape, bool isMarked) => shape is null || !isMarked ? shape : MarkLever.Unmark(shape);

    private ValueTask<Reply> AnswerAsync(Invocation invocation, StoredReply stored, Next next, CancellationToken cancellationToken)
    {
        var why = string.Create(CultureInfo.InvariantCulture, $"the same call was answered {(time.GetUtcNow() - stored.StoredAt).TotalSeconds:0} s ago");
        if (invocation.Levers.ModeOf(Lever.Recall) == LeverMode.Shadow)
        {
            invocation.Effects.Add(new LeverEffect(Name, why, IsShadow: true, shape => shape with { Usage = Usage.None }));
            return next(invocation, cancellationToken);
        }
        invocation.Effects.Add(new LeverEffect(Name, why, IsShadow: false, _ => Unmarked(invocation.Recording?.AnswerShape, stored.IsMarked)));
        return ValueTask.FromResult(stored.ToReply());
    }

    /// <returns>False for a call that is not looked up at all.</returns>
    private bool TryFind(Invocation invocation, RecallOptions options, DateTimeOffset oldest, out AnswerKeys keys, out StoredReply? stored)
    {
        keys = default;
        stored = null;
        try
        {
            if (!AnswerIdentity.TryGet(invocation, options.Sampled, out keys))
                return false;
            if (!store.TryGet(keys.Own, oldest, out stored) && keys.Other is { } other && store.TryGet(other, oldest, out var converse))
                stored = Converted(invocation, keys, converse);
            return true;
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, invocation.Id);
            return false;
        }
    }

    /// <summary>The answer in the form that the call asks for. It is made once: the next call of that form finds it.</summary>
    private StoredReply? Converted(Invocation invocation, AnswerKeys keys, StoredReply other)
    {
        if (!other.TryConvert(invocation.Request, out var converted))
            return null;
        store.Put(keys.Own, converted);
        return converted;
    }

    private bool IsArchived(CacheKey key, DateTimeOffset oldest) => archive is not null && archive.MayHold((key.High, key.Low), oldest);

    /// <summary>Looks on the disk, which most likely has the answer.</summary>
    private async ValueTask<Reply> SearchAsync(Invocation invocation, AnswerKeys keys, DateTimeOffset oldest, Next next, CancellationToken cancellationToken)
    {
        StoredReply? stored = null;
        try
        {
            stored = await TakeAsync(keys.Own, oldest);
            if (stored is null && keys.Other is { } other && await TakeAsync(other, oldest) is { } converse)
                stored = Converted(invocation, keys, converse);
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, invocation.Id);
        }
        return stored is null ? await AskAsync(invocation, keys.Own, next, cancellationToken) : await AnswerAsync(invocation, stored, next, cancellationToken);
    }

    /// <summary>Brings an answer from the disk into memory.</summary>
    private async ValueTask<StoredReply?> TakeAsync(CacheKey key, DateTimeOffset oldest)
    {
        if (!IsArchived(key, oldest) || await archive!.ReadAsync((key.High, key.Low), oldest) is not { } bytes || !StoredReply.TryRead(bytes, out var reply))
            return null;
        store.Put(key, reply);
        return reply;
    }

    private async ValueTask<Reply> AskAsync(Invocation invocation, CacheKey key, Next next, CancellationToken cancellationToken)
    {
        var reply = await next(invocation, cancellationToken);
        if (reply.Status != 200)
            return reply;
        var tee = new ReplyTee(store.MaxEntryBytes);
        invocation.Effects.WhenSettled(settlement => Keep(invocation, key, reply, tee, settlement));
        return reply.WithFrames(tee.Pass(reply.Frames));
    }

    private void Keep(Invocation invocation, CacheKey key, Reply reply, ReplyTee tee, Settlement settlement)
    {
        if (!WholeAnswer.TryTake(invocation, reply, tee, settlement.Record, time.GetUtcNow(), out var stored))
            return;
        store.Put(key, stored);
        if (archive is not null && invocation.Levers.Options.Recall.DiskBytes > 0)
            archive.Keep((key.High, key.Low), stored.StoredAt, stored.ToBytes());
    }

    private static partial class Log
    {
        [LoggerMessage(53, LogLevel.Error, "Invocation {InvocationId} is not looked up: recall failed")]
        public static partial void Faulted(ILogger logger, Exception exception, string invocationId);
    }
}
