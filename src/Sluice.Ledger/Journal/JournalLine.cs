using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;

namespace Sluice.Ledger.Journal;

internal enum JournalLineKind
{
    /// <summary>An intent: the invocation is about to make an attempt.</summary>
    Open,

    /// <summary>The final record of an invocation.</summary>
    Close,

    /// <summary>An empty line, by which a writer has tried whether the disk takes anything.</summary>
    Blank,

    /// <summary>The checksum does not fit, or the line is none of ours.</summary>
    Corrupt,
}

/// <summary>
/// One line of the journal: eight hexadecimal digits of CRC-32 over what follows them, a space, O or C, a space, the record
/// as JSON, a line feed.
/// </summary>
internal static class JournalLine
{
    private const int PrefixBytes = 11;

    /// <summary>Writes a whole line.</summary>
    public static void Write(ArrayBufferWriter<byte> output, JournalLineKind kind, InvocationRecord record)
    {
        var prefix = output.GetSpan(PrefixBytes);
        prefix[8] = (byte)' ';
        prefix[9] = kind == JournalLineKind.Open ? (byte)'O' : (byte)'C';
        prefix[10] = (byte)' ';
        var start = output.WrittenCount;
        output.Advance(PrefixBytes);
        InvocationJson.Write(output, record);
        output.GetSpan(1)[0] = (byte)'\n';
        var line = output.WrittenSpan[start..];
        output.Advance(1);
        // The written span is ours until the buffer is handed out.
        var digits = System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span.Slice(start, 8);
        Crc32.Compute(line[8..]).TryFormat(digits, out _, "x8", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads a line without its line feed.</summary>
    public static JournalLineKind Read(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> json)
    {
        json = default;
        if (line.IsEmpty)
            return JournalLineKind.Blank;
        if (line.Length <= PrefixBytes || line[8] != ' ' || line[10] != ' '
            || !Utf8Parser.TryParse(line[..8], out uint checksum, out var digits, 'x') || digits != 8
            || checksum != Crc32.Compute(line[8..]))
        {
            return JournalLineKind.Corrupt;
        }
        json = line[PrefixBytes..];
        return line[9] switch
        {
            (byte)'O' => JournalLineKind.Open,
            (byte)'C' => JournalLineKind.Close,
            _ => JournalLineKind.Corrupt,
        };
    }
}
