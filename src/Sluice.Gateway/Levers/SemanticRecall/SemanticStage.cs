using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Replies;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>
/// Gives a call the stored answer to a question that asks the same in other words, where everything else of the call is equal.
/// Whatever lay near and was not served is compared with the fresh answer, which is how it is known what may be served.
/// </summary>
public sealed partial class SemanticStage(TimeProvider time, ILogger<SemanticStage> logger) : IStage
{
    private readonly ServedMatches _served = new();
    private volatile FrozenDictionary<SemanticRecallOptions, SemanticShelf> _shelves = FrozenDictionary<SemanticRecallOptions, SemanticShelf>.Empty;

    public string Name => Lever.Semantic.Name();

    /// <summary>Takes over what <see cref="Prepare"/> makes ready.</summary>
    public void Use(IEnumerable<SemanticRecallOptions> options, Func<SemanticRecallOptions, SemanticModel> modelOf) => Prepare(options, modelOf)();

    /// <summary>Makes ready which options there are from now on, which may fail, and returns the change, which can't. A memory whose settings and model stay is kept, one that nobody names any more is forgotten.</summary>
    /// <param name="options">Those of calls for which the lever is not off.</param>
    /// <param name="modelOf">The trained model for options; the same object for the same model.</param>
    public Action Prepare(IEnumerable<SemanticRecallOptions> options, Func<SemanticRecallOptions, SemanticModel> modelOf)
    {
        var before = _shelves;
        var shelves = new Dictionary<SemanticRecallOptions, SemanticShelf>();
        foreach (var key in options.Select(o => o.OfMemory).Distinct())
        {
            var model = modelOf(key);
            if (before.TryGetValue(key, out var known) && ReferenceEquals(known.Model, model))
            {
                shelves[key] = known;
                continue;
            }
            var shelf = shelves[key] = new SemanticShelf(key, model, time);
            if (!shelf.Memory.IsCalibrated)
                Log.Uncalibrated(logger, shelf.Embedder.ToString());
        }
        var prepared = shelves.ToFrozenDictionary();
        return () => _shelves = prepared;
    }

    /// <summary>Whether a call asks in a way that can be looked up, with its own options.</summary>
    public static bool CanLookUp(Invocation invocation) => SemanticQuestion.TryRead(invocation, invocation.Levers.Options.Semantic.Sampled, out _);

    public IReadOnlyList<SemanticReport> Reports() =>
        [.. _shelves.Select(s => new SemanticReport(s.Key, s.Value.Embedder, s.Value.Memory.IsCalibrated, s.Value.Memory.Count, s.Value.Memory.Bytes + s.Value.Replies.Bytes, s.Value.Memory.Measured()))];

    /// <summary>All that may be kept on the disk, as rows for <see cref="Restore"/>.</summary>
    public IReadOnlyList<byte[]> Snapshot() => [.. _shelves.Where(s => s.Key.DiskBytes > 0).SelectMany(s => SemanticRows.Of(s.Value, s.Key.DiskBytes))];

    /// <summary>Takes up what was kept; rows of other settings, another model or another layout are passed over.</summary>
    public void Restore(IEnumerable<byte[]> rows)
    {
        SemanticShelf[] shelves = [.. _shelves.Where(s => s.Key.DiskBytes > 0).Select(s => s.Value)];
        foreach (var row in rows)
            _ = Array.Exists(shelves, shelf => SemanticRows.TryTake(shelf, row));
    }

    /// <summary>Whether anything may be served with these options: nothing is where the model has no calibration of their embedder.</summary>
    public static bool IsCalibrated(SemanticRecallOptions options, SemanticModel model) => new SemanticShelf(options, model, TimeProvider.System).Memory.IsCalibrated;

    /// <summary>A caller says whether an answer was one to its question. Its first word about a call counts.</summary>
    /// <returns>False for a call that was not answered from here, or too long ago.</returns>
    public bool Hear(string invocationId, bool isRight)
    {
        if (!_served.TryTake(invocationId, out var served))
            return false;
        served.Memory.Hear(served.Match, isRight);
        return true;
    }

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken) =>
        invocation.Levers.ModeOf(Lever.Semantic) != LeverMode.Off
        && _shelves.TryGetValue(invocation.Levers.Options.Semantic.OfMemory, out var shelf)
        && TryRead(invocation, out var question)
            ? LookUpAsync(invocation, shelf, question, next, cancellationToken)
            : next(invocation, cancellationToken);

    private bool TryRead(Invocation invocation, out SemanticQuestion question)
    {
        try
        {
            return SemanticQuestion.TryRead(invocation, invocation.Levers.Options.Semantic.Sampled, out question);
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, invocation.Id);
            question = default;
            return false;
        }
    }

    private async ValueTask<Reply> LookUpAsync(Invocation invocation, SemanticShelf shelf, SemanticQuestion question, Next next, CancellationToken cancellationToken)
    {
        var isShadow = invocation.Levers.ModeOf(Lever.Semantic) == LeverMode.Shadow;
        var (embedding, cost) = await EmbedAsync(invocation, shelf, question, next, cancellationToken);
        var found = embedding is null ? null : Find(invocation, shelf, question, embedding);
        if (found is { Lookup: { IsHit: true, Match: { } match } } && Fitting(found.Value.Stored, invocation.Request) is { } stored)
        {
            var why = string.Create(CultureInfo.InvariantCulture, $"cosine {match.Cosine:0.00}, asked like an earlier call");
            if (!isShadow)
            {
                _served.Add(invocation.Id, shelf.Memory, match);
                invocation.Effects.Add(new LeverEffect(Name, why, IsShadow: false, _ => Spared(invocation, stored), cost));
                return stored.ToReply();
            }
            invocation.Effects.Add(new LeverEffect(Name, why, IsShadow: true, shape => shape with { Usage = Usage.None }));
        }
        if (cost != Money.Zero)
            invocation.Effects.Add(new LeverEffect(Name, "the embedding of the question", IsShadow: false, shape => shape, cost));
        return embedding is null
            ? await next(invocation, cancellationToken)
            : await AskAsync(invocation, shelf, new Asked(question, embedding, found?.Lookup, found?.Stored, isShadow), next, cancellationToken);
    }

    /// <summary>What the stored answer used, which is about what this call would have: its question has another length.</summary>
    private static CallShape? Spared(Invocation invocation, StoredReply stored) =>
        RecallStage.Unmarked(invocation.Recording?.AnswerShape, stored.IsMarked) is { } shape
            ? shape with { Usage = shape.Usage with { Source = UsageSource.Estimated } }
            : null;

    private async ValueTask<(Embedding? Embedding, Money Cost)> EmbedAsync(Invocation invocation, SemanticShelf shelf, SemanticQuestion question, Next next, CancellationToken cancellationToken)
    {
        try
        {
            return await shelf.EmbedAsync(invocation, question.Text, next, cancellationToken);
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, invocation.Id);
            return default;
        }
    }

    private (SemanticLookup Lookup, StoredReply Stored)? Find(Invocation invocation, SemanticShelf shelf, in SemanticQuestion question, Embedding embedding)
    {
        try
        {
            var lookup = shelf.Memory.Find(question.Partition, question.Text, embedding);
            if (lookup.Match is not { } match)
                return null;
            if (shelf.Replies.TryGet(TextAnswer.KeyOf(match.AnswerId), time.GetUtcNow() - invocation.Levers.Options.Semantic.Lifetime, out var stored))
                return (lookup, stored);
            // What is too old, or was pushed out, says nothing of what an answer would be now.
            shelf.Memory.Remove(match);
            return null;
        }
        catch (Exception e)
        {
            Log.Faulted(logger, e, invocation.Id);
            return null;
        }
    }

    /// <summary>The answer in the form that the call asks for; null where it has no such form.</summary>
    private static StoredReply? Fitting(StoredReply stored, InvocationRequest request)
    {
        var contentType = stored.Headers.FirstOrDefault(h => h.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
        if (ReplyFramings.Of(contentType) != ReplyFraming.Json == request.Facts.Streamed)
            return stored;
        return stored.TryConvert(request, out var converted) ? converted : null;
    }

    private async ValueTask<Reply> AskAsync(Invocation invocation, SemanticShelf shelf, Asked asked, Next next, CancellationToken cancellationToken)
    {
        var request = invocation.Request;
        var reply = await next(invocation, cancellationToken);
        if (reply.Status != 200)
            return reply;
        var tee = new ReplyTee(shelf.Replies.MaxEntryBytes);
        invocation.Effects.WhenSettled(settlement => Keep(invocation, shelf, asked, request, reply, tee, settlement));
        return reply.WithFrames(shelf.Judge is not null && asked.Lookup?.Match is not null
            ? JudgedAsync(invocation, shelf, asked, request, reply, tee, next, cancellationToken)
            : tee.Pass(reply.Frames));
    }

    /// <summary>Passes the answer on, and before its end, while the invocation still takes attempts, asks the judge where the texts differ.</summary>
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> JudgedAsync(
        Invocation invocation, SemanticShelf shelf, Asked asked, InvocationRequest request, Reply reply, ReplyTee tee, Next next, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var meter = ReplyMeter.Create(invocation.Request.Operation, invocation.Request.Facts.Dialect, reply.Framing, invocation.Request.Facts, reply.Headers["Content-Encoding"]);
        await foreach (var frame in tee.Pass(reply.Frames))
        {
            meter?.Append(frame.Span);
            yield return frame;
        }
        try
        {
            if (meter?.Finish(reply.Headers.First) is { } reading && tee.IsWhole && WholeAnswer.IsFinished(reading.StopReason))
                await JudgeAsync(invocation, shelf, asked, request, reply, tee, reading, next, cancellationToken);
        }
        catch (Exception e)
        {
            Log.NotJudged(logger, e, invocation.Id);
        }
    }

    private async ValueTask JudgeAsync(
        Invocation invocation, SemanticShelf shelf, Asked asked, InvocationRequest request, Reply reply, ReplyTee tee, ReplyReading reading, Next next, CancellationToken cancellationToken)
    {
        // A call that shared another's answer, or whose caller has left, leaves the judging to others.
        if (!invocation.Attempts.HasCurrent || invocation.CallerGone.IsCancellationRequested
            || TextAnswer.Read(request, reply, tee.Bytes.Span) is not { } fresh || asked.IsSame(fresh)
            || Fitting(asked.Stored!, request) is not { } stored || TextAnswer.Read(request, stored.ToReply(), stored.Body) is not { } before
            || shelf.Memory.TextOf(asked.Lookup!.Match!) is not { } earlier)
            return;
        // The answer's own attempt is settled before another one is made.
        await invocation.Recording!.SettleAttemptAsync(reading);
        (asked.WouldDo, var cost) = await shelf.Judge!.AskAsync(invocation, (earlier, before), (asked.Question.Text, fresh), next, cancellationToken);
        if (cost != Money.Zero)
            invocation.Effects.Add(new LeverEffect(Name, "the judge of a stored answer", IsShadow: false, shape => shape, cost));
    }

    private void Keep(Invocation invocation, SemanticShelf shelf, Asked asked, InvocationRequest request, Reply reply, ReplyTee tee, Settlement settlement)
    {
        if (!WholeAnswer.TryTake(invocation, reply, tee, settlement.Record, time.GetUtcNow(), out var stored))
            return;
        var answer = TextAnswer.Read(request, reply, tee.Bytes.Span);
        var isSame = answer is not null && asked.IsSame(answer);
        // A judge that gave no verdict says nothing of the match; without a judge another text is a wrong one, and so is the call of a tool.
        if (asked.Lookup is { } lookup && (isSame || shelf.Judge is null || answer is null || asked.WouldDo is not null))
            shelf.Memory.Learn(lookup, isSame || asked.WouldDo == true, asked.IsShadow);
        if (answer is null)
            return;
        var cost = settlement.Record.Cost ?? Money.Zero;
        if (asked is { WouldDo: true, Lookup.Match: { } match })
        {
            // The stored answer is this question's too, so that the two don't compete.
            shelf.Memory.Add(asked.Question.Partition, asked.Question.Text, asked.Embedding, match.AnswerId, cost);
            return;
        }
        var answerId = TextAnswer.IdOf(asked.Question, answer);
        shelf.Replies.Put(TextAnswer.KeyOf(answerId), stored);
        shelf.Memory.Add(asked.Question.Partition, asked.Question.Text, asked.Embedding, answerId, cost);
    }

    /// <param name="Lookup">What lay near, to learn from; null for nothing.</param>
    /// <param name="Stored">The answer of what lay near.</param>
    private sealed record Asked(SemanticQuestion Question, Embedding Embedding, SemanticLookup? Lookup, StoredReply? Stored, bool IsShadow)
    {
        /// <summary>What the judge said of the stored answer; null where it was not asked or gave no verdict.</summary>
        public bool? WouldDo { get; set; }

        public bool IsSame(string answer) => Lookup?.Match?.AnswerId == TextAnswer.IdOf(Question, answer);
    }

    private static partial class Log
    {
        [LoggerMessage(65, LogLevel.Error, "Invocation {InvocationId} is not looked up: semantic recall failed")]
        public static partial void Faulted(ILogger logger, Exception exception, string invocationId);

        [LoggerMessage(66, LogLevel.Warning, "Semantic recall has no calibration for the embedder {Embedder} and serves nothing; make one with 'sluice semantic train' and name its file in levers.semantic.model")]
        public static partial void Uncalibrated(ILogger logger, string embedder);

        [LoggerMessage(67, LogLevel.Warning, "The stored answer that lay near invocation {InvocationId} is not judged: asking the judge failed")]
        public static partial void NotJudged(ILogger logger, Exception exception, string invocationId);
    }
}
