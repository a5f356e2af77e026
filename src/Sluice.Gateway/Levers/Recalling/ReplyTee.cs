using System.Buffers;

namespace Sluice.Gateway.Levers.Recalling;

/// <summary>Keeps a copy of a reply's bytes while they pass, up to a bound.</summary>
internal sealed class ReplyTee(long maxBytes)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public bool IsWhole { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Pass(IAsyncEnumerable<ReadOnlyMemory<byte>> frames)
    {
        var fits = true;
        await foreach (var frame in frames)
        {
            fits &= _bytes.WrittenCount + frame.Length <= maxBytes;
            if (fits)
                _bytes.Write(frame.Span);
            else
                _bytes.Clear();
            yield return frame;
        }
        IsWhole = fits;
    }
}
