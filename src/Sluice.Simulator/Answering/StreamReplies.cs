using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Sluice.Core.Invocations;
using Sluice.Simulator.Dialects;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;
using Sluice.Simulator.Timing;

namespace Sluice.Simulator.Answering;

/// <summary>Sends a reply event by event, each in a write of its own.</summary>
internal static class StreamReplies
{
    /// <exception cref="CutException">A fault ends the stream in its middle.</exception>
    public static async Task SendAsync(Simulation world, Call call, IDialect dialect, Reply reply, ReplyClock clock, CancellationToken gone)
    {
        var json = ReplyJson.Rent();
        try
        {
            var events = dialect.WriteStream(json.Writer, reply) ?? throw Refusal.Validation("The model is unsupported for streaming.");
            var carrier = CarrierOf(call.Operation);
            var response = call.Http.Response;
            var output = response.BodyWriter;
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = carrier.ContentType;
            if (call.Operation == Operation.InvokeModelWithResponseStream)
                response.Headers["X-Amzn-Bedrock-Content-Type"] = "application/json";
            PlainReplies.WriteHeaders(call, reply, response.Headers);
            if (call.Form.Coding is { } coding)
            {
                response.Headers.ContentEncoding = coding;
                output = ContentCoding.Writer(coding, response.BodyWriter);
            }
            await response.StartAsync(gone);

            var frames = 0;
            var isUsageTold = false;
            foreach (var e in events)
            {
                var fault = call.Fault.AfterFrames == frames && !isUsageTold ? call.Fault.Kind : FaultKind.None;
                if (fault is FaultKind.Cut or FaultKind.Stall)
                    await PlainReplies.CutAsync(world, call, gone);
                if (fault == FaultKind.StreamError)
                {
                    await FailAsync(call, carrier, output, gone);
                    await CompleteAsync(call, output);
                    return;
                }
                await clock.WaitAsync(e.Tokens, gone);
                if (fault == FaultKind.Corrupt)
                    await CorruptAsync(call, carrier, e, json.Written, output, gone);
                carrier.Write(output, e, json.Written.Span, call.Dice);
                await output.FlushAsync(gone);
                json.Clear();
                isUsageTold |= e.TellsUsage;
                frames++;
            }
            carrier.WriteEnd(output);
            await output.FlushAsync(gone);
            await CompleteAsync(call, output);
            call.Outcome = gone.IsCancellationRequested ? SimulatedOutcome.ClientGone : SimulatedOutcome.Completed;
        }
        finally
        {
            json.Return();
        }
    }

    private static IFrameCarrier CarrierOf(Operation operation) => operation switch
    {
        Operation.ConverseStream => EventStreamCarrier.Converse,
        Operation.InvokeModelWithResponseStream => EventStreamCarrier.InvokeModel,
        _ => new SseCarrier(operation),
    };

    /// <summary>Ends the compressed body, if it is one; that of the server ends with the call.</summary>
    private static ValueTask CompleteAsync(Call call, PipeWriter output) => call.Form.Coding is null ? default : output.CompleteAsync();

    private static async Task FailAsync(Call call, IFrameCarrier carrier, PipeWriter output, CancellationToken gone)
    {
        var refusal = Refusal.OnRequest(call.Fault.Exception);
        call.Fail(SimulatedOutcome.StreamError, refusal.Name);
        carrier.WriteException(output, call.Fault.Exception, refusal);
        await output.FlushAsync(gone);
    }

    /// <summary>Sends the frame with one bit of its payload turned, so that its checksum or its JSON no longer holds, and cuts.</summary>
    private static async Task CorruptAsync(Call call, IFrameCarrier carrier, StreamEvent e, ReadOnlyMemory<byte> json, PipeWriter output, CancellationToken gone)
    {
        call.Fail(SimulatedOutcome.Corrupted);
        var frame = new ArrayBufferWriter<byte>();
        carrier.Write(frame, e, json.Span, call.Dice);
        var bytes = frame.WrittenSpan.ToArray();
        bytes[^6] ^= 0x80;
        await output.WriteAsync(bytes, gone);
        await PlainReplies.EndAsync(call);
    }
}
