using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>
/// Has a drawn share of the calls whose answer levers may have changed answered once more without them, behind the call and
/// after it was served, so that quality is measured and not believed. The sample is an invocation of its own.
/// </summary>
/// <param name="options">What is watched and how.</param>
/// <param name="book">Where verdicts go; null for a pipeline that watches nothing, such as a replay's.</param>
/// <param name="samples">Where samples run; null as <paramref name="book"/>.</param>
/// <param name="record">Meters and books samples.</param>
/// <param name="attempt">The stages that make their attempts: limits, budgets and what sends. Nothing is tried again for a sample: that quota is for callers.</param>
/// <param name="time">When samples begin.</param>
/// <param name="logger">Hears of checks that fail by themselves.</param>
public sealed class WatchStage(WatchOptions options, QualityBook? book, SampleRunner? samples, RecordStage record, ImmutableArray<IStage> attempt, TimeProvider time, ILogger<WatchStage> logger) : IStage
{
    /// <summary>Longer answers are not compared: what is held for a sample has to stay small.</summary>
    private const long MaxReplyBytes = 1024 * 1024;

    /// <summary>How long a sample may go on when the process stops.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    public string Name => "watch";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        if (book is null || samples is null || !WatchedLevers.MayAct(invocation.Levers) || IsPaidByCaller(invocation))
            return next(invocation, cancellationToken);
        var task = options.For(invocation);
        return task.Share > ControlGroup.Uniform(ConversationKey.Hash(0, Encoding.ASCII.GetBytes(invocation.Id)))
            ? WatchAsync(invocation, task, next, cancellationToken)
            : next(invocation, cancellationToken);
    }

    private async ValueTask<Reply> WatchAsync(Invocation invocation, WatchedTask task, Next next, CancellationToken cancellationToken)
    {
        Reply? reply = null;
        var upstream = invocation.Upstream;
        var tee = new ReplyTee(MaxReplyBytes);
        invocation.Effects.WhenSettled(settlement =>
        {
            if (reply is { IsSuccess: true } && tee.IsWhole && WatchedLevers.Acted(invocation, settlement.Record) is { Count: > 0 } levers)
                Start(invocation, task, upstream, reply, tee.Bytes, levers);
        });
        reply = await next(invocation, cancellationToken);
        return reply.WithFrames(tee.Pass(reply.Frames));
    }

    private void Start(Invocation invocation, WatchedTask task, Upstream upstream, Reply reply, ReadOnlyMemory<byte> body, IReadOnlyList<Lever> levers)
    {
        ImmutableArray<WatchedScope> scopes = [.. levers.Select(lever => WatchedScope.Of(invocation.Tags, lever))];
        if (!scopes.All(book!.HasRoomFor))
            return;
        var cascade = invocation.Cascade?.Options;
        var semantic = levers.Contains(Lever.Semantic) ? invocation.Levers.Options.Semantic : null;
        var judge = task.Judge ?? cascade?.Judge ?? semantic?.Judge;
        var verifier = new Verifier(
            task.Checks ?? cascade?.Checks ?? new CascadeOptions { Steps = [] }.Checks, judge,
            task.JudgePoints ?? cascade?.JudgePoints ?? (semantic is { Judge: not null } ? semantic.JudgePoints : 7),
            // The answer to another question passes most checks, so where nobody judges it has to be the baseline's.
            HasToAgree: semantic is not null && judge is null);
        var original = invocation.Original;
        var sample = new QualitySample(
            invocation.Id, original with { Headers = Headers(original.Headers), Body = original.Body.ToArray() }, invocation.Caller, upstream, reply, body,
            scopes, verifier, task.Margin);
        samples!.Run(options.MaxInFlight, stopping => RunAsync(sample, stopping));
    }

    private async Task RunAsync(QualitySample sample, CancellationToken stopping)
    {
        using var lifetime = new InvocationLifetime(sample.Upstream.Options.IdleLimit, StopLimit, time, stopping);
        var now = time.GetUtcNow();
        using var invocation = new Invocation
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            StartedAt = now,
            StartTimestamp = time.GetTimestamp(),
            Request = sample.Request,
            Upstream = sample.Upstream,
            Caller = sample.Caller,
            Lifetime = lifetime,
            Purpose = AttemptPurpose.Sample,
        };
        var pipeline = new Pipeline([record, new CompareStage(sample, book!, logger), .. attempt]);
        await using var reply = await pipeline.InvokeAsync(invocation, lifetime.Token);
        await foreach (var _ in reply.Frames)
        {
            // Nobody wants the answer any more; reading it to its end closes the record.
        }
    }

    /// <summary>Without what ties the request to the caller's own, and without a compression that only the caller can undo.</summary>
    private static HeaderList Headers(HeaderList original)
    {
        var headers = new HeaderList(original.Count);
        foreach (var (name, value) in original)
        {
            if (!name.StartsWith("amz-sdk-", StringComparison.OrdinalIgnoreCase) && !name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase))
                headers.Add(name, value);
        }
        return headers;
    }

    /// <summary>The upstream is paid by the caller's own credential, which is not for calls that the caller has not made.</summary>
    private static bool IsPaidByCaller(Invocation invocation)
    {
        var (request, upstream) = (invocation.Request, invocation.Upstream.Options);
        return !invocation.Caller.PresentedSluiceKey
            && upstream.Kind != UpstreamKind.Simulator
            && (upstream.Authorization ?? (upstream.Kind == UpstreamKind.Aws ? UpstreamAuthorization.SigV4 : UpstreamAuthorization.PassThrough)) == UpstreamAuthorization.PassThrough
            && (request.Headers["Authorization"] is not null || request.Headers["x-api-key"] is not null || request.Target.Query.Contains("X-Amz-Signature=", StringComparison.OrdinalIgnoreCase));
    }
}
