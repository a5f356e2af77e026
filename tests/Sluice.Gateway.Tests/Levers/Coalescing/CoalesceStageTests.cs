using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Coalescing;

/// <summary>A call that is made here has gone as far as it can without its upstream when the method that makes it returns.</summary>
public sealed class CoalesceStageTests : IDisposable
{
    private const int Callers = 12;
    private static readonly LeverOptions On = new LeverOptions().With(Lever.Coalesce, LeverMode.On);

    private readonly LeverHarness _gateway = new(On);
    private readonly List<TaskCompletionSource<PlayedReply>> _replies = [];

    public CoalesceStageTests() => _gateway.Upstream.Answer = _ =>
    {
        var reply = new TaskCompletionSource<PlayedReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_replies)
            _replies.Add(reply);
        return reply.Task;
    };

    public void Dispose()
    {
        Assert.Equal(0, _gateway.Coalesce.InFlight);
        _gateway.Dispose();
    }

    [Fact]
    public async Task IdenticalCallsInFlightReachTheUpstreamOnce()
    {
        var calls = Enumerable.Range(0, Callers).Select(_ => _gateway.CallAsync(Converse())).ToList();
        Assert.Equal(1, _gateway.Coalesce.InFlight);
        _replies[0].SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        var answers = await AllAsync(calls);

        Assert.Single(_gateway.Upstream.Arrivals);
        Assert.All(answers, a => Assert.Equal(Canned.ConverseReply, a.Text));
        Assert.All(answers, a => Assert.Equal("application/json", a.Headers["Content-Type"]));
        // Each says by its own headers which call it was.
        Assert.Equal(Callers, answers.Select(a => a.Headers["x-sluice-invocation-id"]).Distinct().Count());
        Assert.Null(answers[0].Headers["x-sluice-decisions"]);
        Assert.Equal("coalesce;why=\"the same call was in flight, as invocation 1\"", answers[1].Headers["x-sluice-decisions"]);
    }

    [Fact]
    public async Task TheCostIsTheLeadersAndTheRestIsSaved()
    {
        var calls = Enumerable.Range(0, Callers).Select(_ => _gateway.CallAsync(Converse())).ToList();
        _replies[0].SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        var records = (await AllAsync(calls)).Select(a => a.Record).ToList();

        Assert.Equal(Canned.ConverseCost, records.Aggregate(Money.Zero, (sum, r) => sum + r.Cost!.Value).ToString());
        Assert.Equal(Outcome.Completed, records[0].Outcome);
        Assert.Empty(records[0].Decisions);
        Assert.All(records.Skip(1), r =>
        {
            Assert.Equal((Outcome.AnsweredLocally, Money.Zero, Canned.ConverseCost), (r.Outcome, r.Cost, r.Baseline.ToString()));
            Assert.Empty(r.Attempts);
            Assert.Equal(("coalesce", Canned.ConverseCost), (r.Decisions.Single().Lever, r.Decisions.Single().Saving.ToString()));
        });
    }

    [Fact]
    public async Task WhoJoinsAStreamLateGetsEveryFrameFromTheFirst()
    {
        var stream = PlayedReply.Stream();
        var calls = new List<Task<Answer>> { _gateway.CallAsync(Stream()) };
        _replies[0].SetResult(stream);
        byte[][] frames = [Canned.Start, Canned.Delta("Hi"), Canned.Stop, Canned.Metadata];
        foreach (var frame in frames)
        {
            calls.Add(_gateway.CallAsync(Stream()));
            var arrived = new TaskCompletionSource();
            calls.Add(_gateway.CallAsync(Stream() with { OnBytes = _ => arrived.TrySetResult() }));
            stream.Write(frame);
            await arrived.Task.WaitAsync(HangGuard.Limit);
        }
        stream.End();

        Assert.All(await AllAsync(calls), a => Assert.Equal(Canned.WholeStream, a.Bytes));
        Assert.Single(_gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task WhoComesAfterTheEndAsksForItself()
    {
        var first = _gateway.CallAsync(Converse());
        _replies[0].SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        await first;
        var second = _gateway.CallAsync(Converse());
        _replies[1].SetResult(await PlayedReply.Whole(Canned.ConverseReply));

        Assert.Equal(Outcome.Completed, (await second).Record.Outcome);
    }

    [Fact]
    public async Task PlainAndStreamedCallsAndTwoTenantsDontMeet()
    {
        List<Task<Answer>> calls = [_gateway.CallAsync(Converse()), _gateway.CallAsync(Stream()), _gateway.CallAsync(Converse() with { KeyId = "sk-two" }), _gateway.CallAsync(Converse("Hi"))];
        Assert.Equal(4, _gateway.Coalesce.InFlight);
        foreach (var reply in _replies)
            reply.SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        await AllAsync(calls);
    }

    [Fact]
    public async Task ALeaderWhoseCallerLeavesTakesNobodyWithItEvenBeyondTheDrainLimit()
    {
        var stream = PlayedReply.Stream();
        using var caller = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var leader = _gateway.CallAsync(Stream() with { OnBytes = _ => { caller.Cancel(); begun.TrySetResult(); } }, caller);
        _replies[0].SetResult(stream);
        var follower = _gateway.CallAsync(Stream());
        stream.Write(Canned.Start);
        await begun.Task.WaitAsync(HangGuard.Limit);

        // The drain limit is two minutes.
        _gateway.Time.Advance(TimeSpan.FromMinutes(10));
        stream.Write(Canned.Delta("Hi"));
        stream.Write([.. Canned.Stop, .. Canned.Metadata]);
        stream.End();

        Assert.Equal(Canned.WholeStream, (await follower.WaitAsync(HangGuard.Limit)).Bytes);
        var record = (await leader.WaitAsync(HangGuard.Limit)).Record;
        Assert.Equal((Outcome.ClientAborted, UsageSource.Measured), (record.Outcome, record.Usage!.Source));
        Assert.Equal(Canned.ConverseCost, record.Cost.ToString());
    }

    [Fact]
    public async Task ALeaderWhoseCallerLeavesBeforeTheReplyBeginsTakesNobodyWithIt()
    {
        using var caller = new CancellationTokenSource();
        var leader = _gateway.CallAsync(Converse(), caller);
        var follower = _gateway.CallAsync(Converse());
        caller.Cancel();
        _gateway.Time.Advance(TimeSpan.FromMinutes(10));
        _replies[0].SetResult(await PlayedReply.Whole(Canned.ConverseReply));

        Assert.Equal(Canned.ConverseReply, (await follower.WaitAsync(HangGuard.Limit)).Text);
        Assert.Equal(Canned.ConverseCost, (await leader.WaitAsync(HangGuard.Limit)).Record.Cost.ToString());
        Assert.Single(_gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task OnceAllHaveLeftTheDrainLimitHolds()
    {
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var stream = PlayedReply.Stream(Canned.Start);
        var left = new TaskCompletionSource();
        var leader = _gateway.CallAsync(Stream() with { OnBytes = _ => first.Cancel() }, first);
        var follower = _gateway.CallAsync(Stream() with { OnBytes = _ => { second.Cancel(); left.TrySetResult(); } }, second);
        _replies[0].SetResult(stream);
        await left.Task.WaitAsync(HangGuard.Limit);

        _gateway.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(Outcome.ClientAborted, (await leader.WaitAsync(HangGuard.Limit)).Record.Outcome);
        Assert.Equal(Outcome.ClientAborted, (await follower.WaitAsync(HangGuard.Limit)).Record.Outcome);
    }

    [Fact]
    public async Task WhereTheLeaderFailsBeforeItsReplyAllWhoWaitedAskForThemselvesAtOnce()
    {
        var calls = Enumerable.Range(0, Callers).Select(_ => _gateway.CallAsync(Converse())).ToList();
        _replies[0].SetResult(await PlayedReply.Whole("""{"message":"no"}""", 400));
        await ArrivalsAsync(Callers);
        foreach (var reply in _replies.Skip(1))
            reply.SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        var answers = await AllAsync(calls);

        Assert.Equal(400, answers[0].Status);
        Assert.All(answers.Skip(1), a => Assert.Equal((200, Outcome.Completed, Canned.ConverseCost), (a.Status, a.Record.Outcome, a.Record.Cost.ToString())));
        Assert.All(answers, a => Assert.Empty(a.Record.Decisions));
    }

    [Fact]
    public async Task ALeaderWithoutAnyReplyTakesNobodyWithIt()
    {
        var leader = _gateway.CallAsync(Converse());
        var follower = _gateway.CallAsync(Converse());
        _replies[0].SetException(new UpstreamException(UpstreamFailureKind.TimedOut, "too late"));
        await ArrivalsAsync(2);
        _replies[1].SetResult(await PlayedReply.Whole(Canned.ConverseReply));

        Assert.Equal(408, (await leader.WaitAsync(HangGuard.Limit)).Status);
        Assert.Equal(Canned.ConverseReply, (await follower.WaitAsync(HangGuard.Limit)).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AReplyThatBreaksBeforeItsFirstByteIsTheLeadersAlone(bool isOdd)
    {
        var leader = _gateway.CallAsync(Stream());
        var follower = _gateway.CallAsync(Stream());
        var broken = PlayedReply.Stream();
        _replies[0].SetResult(broken);
        // Neither is worth another attempt of the leader's own.
        broken.Frames.Writer.Complete(isOdd ? new InvalidOperationException("nobody expects this") : new UpstreamException(UpstreamFailureKind.TimedOut, "too late"));
        await ArrivalsAsync(2);
        var whole = PlayedReply.Stream(Canned.WholeStream);
        whole.End();
        _replies[1].SetResult(whole);

        Assert.Equal(Canned.WholeStream, (await follower.WaitAsync(HangGuard.Limit)).Bytes);
        if (isOdd)
            await Assert.ThrowsAsync<InvalidOperationException>(() => leader.WaitAsync(HangGuard.Limit));
        else
            Assert.Equal(408, (await leader.WaitAsync(HangGuard.Limit)).Status);
    }

    [Fact]
    public async Task AReplyThatBreaksInTheMiddleBreaksForAllWhoHaveBegunIt()
    {
        var calls = Enumerable.Range(0, 3).Select(_ => _gateway.CallAsync(Stream())).ToList();
        var stream = PlayedReply.Stream(Canned.Start, Canned.Delta("Hi"));
        stream.Break();
        _replies[0].SetResult(stream);
        var answers = await AllAsync(calls);

        Assert.All(answers, a => Assert.True(a.IsCut));
        Assert.All(answers, a => Assert.Equal([.. Canned.Start, .. Canned.Delta("Hi")], a.Bytes));
        Assert.All(answers, a => Assert.Equal((Outcome.UpstreamError, "connection_lost"), (a.Record.Outcome, a.Record.Error)));
        // Followers have cost nothing, whatever the leader's part is.
        Assert.All(answers.Skip(1), a => Assert.Equal(Money.Zero, a.Record.Cost));
    }

    [Fact]
    public async Task FollowersWhoLeaveStopNobody()
    {
        using var waiting = new CancellationTokenSource();
        using var reading = new CancellationTokenSource();
        var stream = PlayedReply.Stream();
        var left = new TaskCompletionSource();
        var leader = _gateway.CallAsync(Stream());
        var early = _gateway.CallAsync(Stream(), waiting);
        waiting.Cancel();
        // Nobody holds up the one who leaves: its leader has no reply yet.
        var record = (await early.WaitAsync(HangGuard.Limit)).Record;
        Assert.Equal((Outcome.ClientAborted, Money.Zero), (record.Outcome, record.Cost));

        _replies[0].SetResult(stream);
        var late = _gateway.CallAsync(Stream() with { OnBytes = _ => { reading.Cancel(); left.TrySetResult(); } }, reading);
        stream.Write(Canned.Start);
        await left.Task.WaitAsync(HangGuard.Limit);
        stream.Write([.. Canned.Delta("Hi"), .. Canned.Stop, .. Canned.Metadata]);
        stream.End();

        Assert.Equal(Canned.WholeStream, (await leader.WaitAsync(HangGuard.Limit)).Bytes);
        Assert.Equal(Outcome.ClientAborted, (await late.WaitAsync(HangGuard.Limit)).Record.Outcome);
        Assert.Single(_gateway.Upstream.Arrivals);
    }

    [Fact]
    public async Task AFollowerWaitsAsLongAsItsLeaderMay()
    {
        // The idle limit is 15 minutes; the leader's is renewed by its retry, the follower's by nothing.
        var leader = _gateway.CallAsync(Converse());
        var follower = _gateway.CallAsync(Converse());
        _gateway.Time.Advance(TimeSpan.FromMinutes(14));
        _replies[0].SetResult(await PlayedReply.Whole("{}", 503));
        // The retry begins to wait a moment after the reply has come; a clock that runs meanwhile would come to the leader's own limit.
        for (var i = 0; _gateway.Upstream.Arrivals.Count < 2; i++)
        {
            if (i % 1_000 == 0)
                _gateway.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        _gateway.Time.Advance(TimeSpan.FromMinutes(10));
        _replies[1].SetResult(await PlayedReply.Whole(Canned.ConverseReply));

        Assert.Equal(200, (await leader.WaitAsync(HangGuard.Limit)).Status);
        Assert.Equal(Canned.ConverseReply, (await follower.WaitAsync(HangGuard.Limit)).Text);
    }

    [Fact]
    public async Task AFollowerWhoseLeaderFailedHasItsOwnTimeBeforeIt()
    {
        var leader = _gateway.CallAsync(Converse());
        var follower = _gateway.CallAsync(Converse());
        _gateway.Time.Advance(TimeSpan.FromMinutes(14));
        _replies[0].SetResult(await PlayedReply.Whole("{}", 400));
        await ArrivalsAsync(2);
        _gateway.Time.Advance(TimeSpan.FromMinutes(14));
        _replies[1].SetResult(await PlayedReply.Whole(Canned.ConverseReply));

        Assert.Equal(400, (await leader.WaitAsync(HangGuard.Limit)).Status);
        Assert.Equal(200, (await follower.WaitAsync(HangGuard.Limit)).Status);
    }

    [Fact]
    public async Task SampledCallsAreEachTheirOwn()
    {
        var calls = Enumerable.Range(0, 3).Select(_ => _gateway.CallAsync(Converse(parameters: """ "temperature":1 """))).ToList();
        Assert.Equal(3, _gateway.Upstream.Arrivals.Count);
        foreach (var reply in _replies)
            reply.SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        await AllAsync(calls);
    }

    [Fact]
    public async Task ShadowSendsEachCall()
    {
        using var gateway = new LeverHarness(new LeverOptions().With(Lever.Coalesce, LeverMode.Shadow));
        gateway.Upstream.Answer = _gateway.Upstream.Answer;
        var calls = Enumerable.Range(0, 3).Select(_ => gateway.CallAsync(Converse())).ToList();
        Assert.Equal(3, gateway.Upstream.Arrivals.Count);
        foreach (var reply in _replies)
            reply.SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        var records = (await AllAsync(calls)).Select(a => a.Record).ToList();

        Assert.All(records, r => Assert.Equal((Outcome.Completed, Canned.ConverseCost, Canned.ConverseCost), (r.Outcome, r.Cost.ToString(), r.Baseline.ToString())));
        Assert.Equal([0, 1, 1], records.Select(r => r.Decisions.Count(d => d.IsShadow)));
        Assert.Equal(0, gateway.Coalesce.InFlight);
    }

    [Fact]
    public async Task WithRecallTheSharedAnswerIsKeptOnce()
    {
        using var gateway = new LeverHarness(On.With(Lever.Recall, LeverMode.On));
        gateway.Upstream.Answer = _gateway.Upstream.Answer;
        var calls = Enumerable.Range(0, 3).Select(_ => gateway.CallAsync(Converse())).ToList();
        _replies[0].SetResult(await PlayedReply.Whole(Canned.ConverseReply));
        await AllAsync(calls);
        var later = await gateway.CallAsync(Converse());

        Assert.Equal(Canned.ConverseReply, later.Text);
        Assert.Equal("recall", later.Record.Decisions.Single().Lever);
    }

    private async Task ArrivalsAsync(int count)
    {
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        while (_gateway.Upstream.Arrivals.Count < count || _replies.Count < count)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<Answer[]> AllAsync(IEnumerable<Task<Answer>> calls) => await Task.WhenAll(calls).WaitAsync(HangGuard.Limit);
}
