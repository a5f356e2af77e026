using System.Buffers;
using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Streaming;

/// <summary>Server-sent events, as Bedrock's own OpenAI and Anthropic paths stream.</summary>
/// <param name="operation">Whose errors are written, and whether <c>[DONE]</c> ends the stream.</param>
internal sealed class SseCarrier(Operation operation) : IFrameCarrier
{
    public string ContentType => "text/event-stream; charset=utf-8";

    public void Write(IBufferWriter<byte> output, StreamEvent e, ReadOnlySpan<byte> json, Dice dice)
    {
        if (!e.Name.IsEmpty)
        {
            output.Write("event: "u8);
            output.Write(e.Name.Span);
            output.Write("\n"u8);
        }
        output.Write("data: "u8);
        output.Write(json);
        output.Write("\n\n"u8);
    }

    public void WriteException(IBufferWriter<byte> output, string name, Refusal refusal)
    {
        var payload = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(payload))
            ErrorReplies.Write(json, operation, refusal, requestId: null);
        if (operation != Operation.ChatCompletions)
            output.Write("event: error\n"u8);
        output.Write("data: "u8);
        output.Write(payload.WrittenSpan);
        output.Write("\n\n"u8);
    }

    public void WriteEnd(IBufferWriter<byte> output)
    {
        if (operation == Operation.ChatCompletions)
            output.Write("data: [DONE]\n\n"u8);
    }
}
