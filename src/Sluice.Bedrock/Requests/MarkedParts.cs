using System.Runtime.CompilerServices;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Bedrock.Requests;

/// <summary>Notes where the parts of a prompt and their last cache markers stand. A cache reads tools, system, messages, in whatever order the JSON has them.</summary>
internal struct MarkedParts
{
    private const int PartCount = 3;

    private Parts _parts;

    /// <summary>The part that is being read, counted from 1; 0 for none.</summary>
    private int _open;

    /// <summary>A property of the root begins.</summary>
    /// <param name="root">Its name.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="textBytes">Text that came before it.</param>
    public void Begin(RequestKey root, int offset, long textBytes)
    {
        End(offset, textBytes);
        _open = root switch
        {
            RequestKey.Tools => 1,
            RequestKey.System => 2,
            RequestKey.Messages => 3,
            _ => 0,
        };
        if (_open > 0)
            _parts[_open - 1] = new Part { Start = offset, TextBytes = -textBytes };
    }

    /// <summary>A marker ends here.</summary>
    public void Mark(int offset, long textBytes)
    {
        if (_open == 0)
            return;
        ref var part = ref _parts[_open - 1];
        (part.Mark, part.MarkedBytes) = (offset, part.TextBytes + textBytes);
    }

    public void End(int offset, long textBytes)
    {
        if (_open == 0)
            return;
        ref var part = ref _parts[_open - 1];
        part.End = offset;
        part.TextBytes += textBytes;
        _open = 0;
    }

    public readonly MarkedPrefix PrefixOf(ReadOnlySpan<byte> body)
    {
        var last = PartCount - 1;
        while (last >= 0 && _parts[last].Mark == 0)
            last--;
        if (last < 0)
            return default;
        var (hash, bytes) = (0UL, 0L);
        for (var i = 0; i <= last; i++)
        {
            ref readonly var part = ref _parts[i];
            hash = FastHash.Of(hash, body[part.Start..(i == last ? part.Mark : part.End)]);
            bytes += i == last ? part.MarkedBytes : part.TextBytes;
        }
        return new MarkedPrefix(Math.Max(1UL, hash), (bytes + 3) / 4);
    }

    private struct Part
    {
        public int Start, Mark, End;
        public long TextBytes, MarkedBytes;
    }

    [InlineArray(PartCount)]
    private struct Parts
    {
        private Part _first;
    }
}
