using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sluice.Bedrock.EventStreams;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Streaming;

/// <summary>
/// Frames of <c>application/vnd.amazon.eventstream</c>. To each payload Bedrock adds <c>p</c>, a slice of the alphabet of
/// random length, so that the length of a frame doesn't give away the text.
/// </summary>
/// <param name="chunked">Whether the event is wrapped as base64 in a <c>chunk</c>, as InvokeModel's streams have it.</param>
internal sealed class EventStreamCarrier(bool chunked) : IFrameCarrier
{
    public static EventStreamCarrier Converse { get; } = new(chunked: false);

    public static EventStreamCarrier InvokeModel { get; } = new(chunked: true);

    // One thread writes one frame at a time, and the frame is copied out before the thread can do anything else.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _payload;

    private static ReadOnlySpan<byte> Alphabet => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8;

    public string ContentType => "application/vnd.amazon.eventstream";

    public void Write(IBufferWriter<byte> output, StreamEvent e, ReadOnlySpan<byte> json, Dice dice)
    {
        var payload = _payload ??= new ArrayBufferWriter<byte>(1_024);
        payload.ResetWrittenCount();
        if (chunked)
        {
            payload.Write("{\"bytes\":\""u8);
            Base64.EncodeToUtf8(json, payload.GetSpan(Base64.GetMaxEncodedToUtf8Length(json.Length)), out _, out var written);
            payload.Advance(written);
            payload.Write("\""u8);
        }
        else
        {
            payload.Write(json[..^1]);
        }
        payload.Write(json.Length == 2 && !chunked ? "\"p\":\""u8 : ",\"p\":\""u8);
        payload.Write(Alphabet[..(1 + dice.Next(Alphabet.Length))]);
        payload.Write("\"}"u8);
        EventStreamEncoder.WriteEvent(output, chunked ? "chunk"u8 : e.Name.Span, payload.WrittenSpan);
    }

    public void WriteException(IBufferWriter<byte> output, string name, Refusal refusal)
    {
        var payload = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(payload))
            ErrorReplies.WriteAws(json, refusal, refusal.Name == "ModelStreamErrorException" ? "originalMessage"u8 : default);
        EventStreamEncoder.WriteException(output, Encoding.ASCII.GetBytes(name), payload.WrittenSpan);
    }

    public void WriteEnd(IBufferWriter<byte> output)
    {
    }
}
