using System.Buffers.Binary;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>
/// Tells how deep the schema of a Parquet file is nested before the reader builds it, which it does by recursion: a footer of 2 MB made for it
/// would end the process. The footer is Thrift in its compact protocol; one that is anything else is left to the reader to refuse.
/// </summary>
internal static class SchemaDepth
{
    /// <summary>Bills have a handful of levels.</summary>
    private const int MaxDepth = 64;

    /// <summary>Of the length of the footer and the mark behind it.</summary>
    private const int TailBytes = 8;

    private const int Bool = 2, Byte = 3, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12;

    /// <exception cref="InvalidDataException">It is nested deeper than any bill.</exception>
    public static void Check(Stream content)
    {
        var tail = new byte[TailBytes];
        if (content.Length < TailBytes)
            return;
        content.Position = content.Length - TailBytes;
        content.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (length is > 0 && length <= content.Length - TailBytes)
        {
            content.Position = content.Length - TailBytes - length;
            var footer = new byte[length];
            content.ReadExactly(footer);
            try
            {
                var at = 0;
                Fields(footer, ref at, depth: 0, OfFile);
            }
            catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
            {
            }
        }
        content.Position = 0;
    }

    /// <summary>Field 2 of a file is the list of the schema's elements, each before its children.</summary>
    private static bool OfFile(ReadOnlySpan<byte> footer, ref int at, int id, int type, int depth)
    {
        if (id != 2 || type != List)
            return false;
        var count = Count(footer, ref at, out _);
        var open = new Stack<long>();
        for (long i = 0; i < count; i++)
        {
            long children = 0;
            Fields(footer, ref at, depth + 1, (ReadOnlySpan<byte> element, ref int place, int field, int kind, int _) =>
            {
                if (field != 5 || kind is < 4 or > 6)
                    return false;
                children = Number(element, ref place);
                return true;
            });
            if (children > 0)
                open.Push(children);
            else
            {
                // The last child ends its parent too.
                var left = 0L;
                while (left == 0 && open.TryPop(out left))
                    left--;
                if (left > 0)
                    open.Push(left);
            }
            if (open.Count > MaxDepth)
                throw new InvalidDataException($"its schema is nested more than {MaxDepth} times");
        }
        return true;
    }

    private delegate bool Reader(ReadOnlySpan<byte> bytes, ref int at, int id, int type, int depth);

    private static void Fields(ReadOnlySpan<byte> bytes, ref int at, int depth, Reader read)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"its footer is nested more than {MaxDepth} times");
        for (var id = 0; bytes[at++] is not 0 and var head;)
        {
            id = head >> 4 is not 0 and var step ? id + step : (int)Number(bytes, ref at);
            if (!read(bytes, ref at, id, head & 15, depth))
                Skip(bytes, ref at, head & 15, depth, isField: true);
        }
    }

    private static void Skip(ReadOnlySpan<byte> bytes, ref int at, int type, int depth, bool isField)
    {
        switch (type)
        {
            case <= Bool: at += isField ? 0 : 1; break;
            case Byte: at++; break;
            case Double: at += sizeof(double); break;
            case Binary:
                var length = (int)Varint(bytes, ref at);
                at += length;
                break;
            case List or Set:
                for (var left = Count(bytes, ref at, out var item); left > 0 && bytes.Length > at; left--)
                    Skip(bytes, ref at, item, depth + 1, isField: false);
                break;
            case Map:
                var pairs = Varint(bytes, ref at);
                var kinds = pairs == 0 ? 0 : bytes[at++];
                for (; pairs > 0 && bytes.Length > at; pairs--)
                {
                    Skip(bytes, ref at, kinds >> 4, depth + 1, isField: false);
                    Skip(bytes, ref at, kinds & 15, depth + 1, isField: false);
                }
                break;
            case Struct: Fields(bytes, ref at, depth + 1, (ReadOnlySpan<byte> _, ref int _, int _, int _, int _) => false); break;
            default: Varint(bytes, ref at); break;
        }
        if (at < 0 || depth > MaxDepth)
            throw new InvalidDataException($"its footer is damaged or nested more than {MaxDepth} times");
    }

    private static long Count(ReadOnlySpan<byte> bytes, ref int at, out int item)
    {
        var head = bytes[at++];
        item = head & 15;
        return head >> 4 is < 15 and var few ? few : (long)Varint(bytes, ref at);
    }

    private static long Number(ReadOnlySpan<byte> bytes, ref int at) => (long)Varint(bytes, ref at) is var n ? (n >>> 1) ^ -(n & 1) : 0;

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80 || shift > 63)
                return value;
        }
    }
}
