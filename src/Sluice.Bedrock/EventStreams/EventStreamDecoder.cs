using System.Buffers;
using System.Buffers.Binary;
using static Sluice.Bedrock.EventStreams.EventStreamLimits;

namespace Sluice.Bedrock.EventStreams;

/// <summary>
/// Cuts a byte stream into frames, whatever chunks it comes in. A frame that lies whole inside a chunk is read where it
/// lies; only one that straddles chunks is gathered in a pooled buffer, which lives as long as the decoder. For one
/// stream and one thread at a time.
/// </summary>
/// <example><code>while (decoder.TryRead(ref chunk, out var frame)) { ... }</code></example>
public sealed class EventStreamDecoder : IDisposable
{
    // A Bedrock text delta takes some 250 bytes, so most straddling frames fit the first rental.
    private const int FirstRentalBytes = 1024;

    private byte[] _buffer = [];
    private int _held;
    private int _frameBytes;
    private long _bytesToSkip;

    /// <summary>What ended decoding for good, or <see cref="EventStreamError.None"/>. All further input is ignored.</summary>
    public EventStreamError Error { get; private set; }

    /// <summary>Whether the input so far ends where a frame ends; a stream that ends elsewhere was cut off.</summary>
    public bool IsAtFrameBoundary => Error is EventStreamError.None && _held == _frameBytes && _bytesToSkip == 0;

    /// <summary>
    /// Takes the next frame off the front of <paramref name="input"/>. When it returns false the whole input was taken,
    /// and more is needed unless <see cref="Error"/> says that decoding is over.
    /// </summary>
    /// <param name="input">What the stream brought; advanced past all that was used.</param>
    /// <param name="frame">Valid until the next call, and no longer than the input's memory. Look at its error first.</param>
    public bool TryRead(scoped ref ReadOnlySpan<byte> input, out EventFrame frame)
    {
        frame = default;
        if (_frameBytes != 0 && _held == _frameBytes)
            _held = _frameBytes = 0;

        if (_bytesToSkip > 0)
        {
            var skipped = (int)Math.Min(_bytesToSkip, input.Length);
            _bytesToSkip -= skipped;
            input = input[skipped..];
        }
        if (Error is not EventStreamError.None)
            input = default;
        if (input.IsEmpty)
            return false;

        if (_held == 0 && input.Length >= PreludeBytes)
        {
            if (!TryReadPrelude(input, ref input, out frame))
                return frame.Error is not EventStreamError.None;
            if (input.Length >= _frameBytes)
            {
                frame = EventFrame.Read(input[.._frameBytes]);
                input = input[_frameBytes..];
                _frameBytes = 0;
                return true;
            }
        }
        return TryGather(ref input, out frame);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _held = _frameBytes = 0;
    }

    private bool TryGather(scoped ref ReadOnlySpan<byte> input, out EventFrame frame)
    {
        frame = default;
        if (_frameBytes == 0)
        {
            Hold(ref input, PreludeBytes);
            if (_held < PreludeBytes)
                return false;
            if (!TryReadPrelude(_buffer.AsSpan(0, PreludeBytes), ref input, out frame))
                return frame.Error is not EventStreamError.None;
        }
        Hold(ref input, _frameBytes);
        if (_held < _frameBytes)
            return false;
        frame = EventFrame.Read(_buffer.AsSpan(0, _frameBytes));
        return true;
    }

    /// <summary>
    /// Sets the length of the frame. False where there is none to read: decoding is over, or the frame is to be skipped,
    /// which <paramref name="frame"/> then reports.
    /// </summary>
    private bool TryReadPrelude(ReadOnlySpan<byte> prelude, scoped ref ReadOnlySpan<byte> input, out EventFrame frame)
    {
        frame = default;
        long total = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        long headers = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        var payload = total - headers - OverheadBytes;
        if (BinaryPrimitives.ReadUInt32BigEndian(prelude[8..]) != Core.Crc32.Compute(prelude[..8]))
            Error = EventStreamError.PreludeChecksum;
        else if (payload < 0)
            Error = EventStreamError.FrameLength;
        if (Error is not EventStreamError.None)
        {
            _held = 0;
            input = default;
            return false;
        }

        if (headers <= MaxHeadersBytes && payload <= MaxPayloadBytes)
        {
            _frameBytes = (int)total;
            return true;
        }
        frame = EventFrame.TooLong(headers > MaxHeadersBytes ? EventStreamError.HeadersTooLong : EventStreamError.PayloadTooLong);
        _bytesToSkip = total - _held;
        _held = 0;
        return false;
    }

    /// <summary>Moves input into the buffer until it holds <paramref name="wanted"/> bytes or the input is used up.</summary>
    private void Hold(scoped ref ReadOnlySpan<byte> input, int wanted)
    {
        var taken = Math.Min(wanted - _held, input.Length);
        if (_buffer.Length < _held + taken)
        {
            // Grows with what has really arrived: a length that is only claimed reserves no memory.
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(FirstRentalBytes, _held + taken), 2 * _buffer.Length));
            _buffer.AsSpan(0, _held).CopyTo(larger);
            if (_buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        input[..taken].CopyTo(_buffer.AsSpan(_held));
        _held += taken;
        input = input[taken..];
    }
}
