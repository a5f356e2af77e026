using System.Buffers;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Streaming;

/// <summary>How the events of a stream travel: as event-stream frames or as server-sent events.</summary>
internal interface IFrameCarrier
{
    string ContentType { get; }

    void Write(IBufferWriter<byte> output, StreamEvent e, ReadOnlySpan<byte> json, Dice dice);

    /// <summary>Ends the stream with an error, by the name of the union member: <c>throttlingException</c>.</summary>
    void WriteException(IBufferWriter<byte> output, string name, Refusal refusal);

    /// <summary>What comes after the last event, if anything.</summary>
    void WriteEnd(IBufferWriter<byte> output);
}
