using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Stages.Sending;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>The last stage of a pipeline in a test: it notes what arrives, and answers as the test says.</summary>
internal sealed class PlayedUpstream(TimeProvider time) : IStage
{
    private readonly List<Arrival> _arrivals = [];

    public string Name => "send";

    public IReadOnlyList<Arrival> Arrivals
    {
        get
        {
            lock (_arrivals)
                return [.. _arrivals];
        }
    }

    public Func<Arrival, Task<PlayedReply>> Answer { get; set; } = _ => PlayedReply.Whole(Canned.ConverseReply);

    public async ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var request = invocation.Request;
        var arrival = new Arrival(_arrivals.Count + 1, request.Target.Text, Encoding.UTF8.GetString(request.Body.Span), OutboundHeaders.From(invocation), invocation.Upstream.Name);
        lock (_arrivals)
            _arrivals.Add(arrival);
        var attempt = new AttemptRecord { Number = invocation.Attempts.Count + 1, StartedAt = time.GetUtcNow(), Upstream = invocation.Upstream.Name, Model = request.Model?.Raw ?? "" };
        invocation.Attempts.Begin(attempt);
        PlayedReply reply;
        try
        {
            reply = await Answer(arrival).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is UpstreamException or OperationCanceledException)
        {
            var failure = e as UpstreamException ?? new UpstreamException(UpstreamFailureKind.TimedOut, "too late");
            invocation.Attempts.Update(attempt with { Outcome = Outcome.UpstreamError, Error = failure.Error });
            throw failure;
        }
        invocation.Lifetime.Renew();
        attempt = attempt with { Status = reply.Status, RequestId = "req-" + arrival.Number.ToString(CultureInfo.InvariantCulture) };
        if (reply.Status >= 300)
            attempt = attempt with { Outcome = Outcome.UpstreamError, Error = $"http_{reply.Status}", Usage = Usage.None, Cost = Money.Zero };
        invocation.Attempts.Update(attempt);
        var headers = new HeaderList { { "Content-Type", reply.ContentType }, { "x-amzn-requestid", attempt.RequestId! }, { "Date", "Sat, 21 Nov 2026 12:00:00 GMT" } };
        foreach (var (name, value) in reply.Headers)
            headers.Add(name, value);
        return new Reply(reply.Status, headers, FramesAsync(reply, invocation.Lifetime));
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> FramesAsync(PlayedReply reply, InvocationLifetime lifetime)
    {
        while (true)
        {
            byte[] frame;
            try
            {
                if (!await reply.Frames.Reader.WaitToReadAsync(lifetime.Token))
                    yield break;
                frame = await reply.Frames.Reader.ReadAsync(lifetime.Token);
            }
            catch (OperationCanceledException)
            {
                throw new UpstreamException(UpstreamFailureKind.TimedOut, "too late");
            }
            lifetime.Renew();
            yield return frame;
            // As with a pooled buffer, a frame is valid until the next one is asked for.
            Array.Clear(frame);
        }
    }
}

/// <summary>A request as it reached the upstream.</summary>
/// <param name="Number">Counts from 1.</param>
internal sealed record Arrival(int Number, string Target, string Body, HeaderList Headers, string Upstream);

/// <summary>A reply whose frames come when the test says.</summary>
internal sealed class PlayedReply(int status = 200, string contentType = "application/json")
{
    public int Status { get; } = status;

    public string ContentType { get; } = contentType;

    /// <summary>Beside those that every reply has.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public Channel<byte[]> Frames { get; } = Channel.CreateUnbounded<byte[]>();

    public static Task<PlayedReply> Whole(string body, int status = 200, params IReadOnlyList<(string Name, string Value)> headers)
    {
        var reply = new PlayedReply(status) { Headers = headers };
        reply.Write(Encoding.UTF8.GetBytes(body));
        reply.End();
        return Task.FromResult(reply);
    }

    /// <summary>A stream of Bedrock's own framing.</summary>
    public static PlayedReply Stream(params ReadOnlySpan<byte[]> frames)
    {
        var reply = new PlayedReply(contentType: "application/vnd.amazon.eventstream");
        foreach (var frame in frames)
            reply.Write(frame);
        return reply;
    }

    public void Write(byte[] frame) => Frames.Writer.TryWrite(frame);

    public void End() => Frames.Writer.TryComplete();

    public void Break() => Frames.Writer.TryComplete(new UpstreamException(UpstreamFailureKind.ConnectionLost, "the connection broke"));
}
