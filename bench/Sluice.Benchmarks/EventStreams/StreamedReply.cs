using System.Buffers;
using Sluice.Bedrock.EventStreams;

namespace Sluice.Benchmarks.EventStreams;

/// <summary>A reply of 400 text deltas, as ConverseStream sends them, padding included.</summary>
internal static class StreamedReply
{
    public const int Frames = 403;

    public static void Write(IBufferWriter<byte> output)
    {
        EventStreamEncoder.WriteEvent(output, "messageStart"u8, """{"role":"assistant","p":"abcdefg"}"""u8);
        for (var i = 0; i < Frames - 3; i++)
        {
            EventStreamEncoder.WriteEvent(output, "contentBlockDelta"u8,
                """{"contentBlockIndex":0,"delta":{"text":" and then the water ran"},"p":"abcdefghijklmnopqrstuvwxyzABC"}"""u8);
        }
        EventStreamEncoder.WriteEvent(output, "messageStop"u8, """{"stopReason":"end_turn","p":"abcd"}"""u8);
        EventStreamEncoder.WriteEvent(output, "metadata"u8,
            """{"metrics":{"latencyMs":912},"p":"abcdefghij","usage":{"inputTokens":412,"outputTokens":400,"totalTokens":812}}"""u8);
    }
}
