using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>
/// Changes to a request's body, by offsets into the body as it is. They are applied together, so that no change moves what
/// another one means, and every byte that none of them names stays as the caller sent it.
/// </summary>
public sealed class BodyEdits : IDisposable
{
    private PooledList<Splice> _splices = new();
    private PooledList<byte> _bytes = new();

    public bool IsEmpty => _splices.Count == 0;

    /// <summary>Puts bytes in front of the byte at an offset.</summary>
    public void Insert(int offset, ReadOnlySpan<byte> bytes) => Add(offset, 0, bytes);

    public void Insert(int offset, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Add(offset, 0, first);
        _bytes.AddRange(second);
        _splices.Last.NewLength += second.Length;
    }

    /// <summary>Puts bytes in the place of a range.</summary>
    public void Replace(ByteRange range, ReadOnlySpan<byte> bytes) => Add(range.Start, range.Length, bytes);

    /// <summary>
    /// Puts a member in front of an object's first one. Several may be put into one object; the caller has made sure that it
    /// doesn't have the name yet.
    /// </summary>
    /// <param name="place">The object.</param>
    /// <param name="name">The name without quotes, of letters that need no escape.</param>
    /// <param name="json">The value.</param>
    public void AddMember(ObjectPlace place, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        Add(place.Open, 0, "\""u8);
        _bytes.AddRange(name);
        _bytes.AddRange("\":"u8);
        _bytes.AddRange(json);
        ref var splice = ref _splices.Last;
        splice.NewLength = _bytes.Count - splice.NewStart;
        splice.NameLength = name.Length + 2;
        splice.IsFirstMember = place.IsEmpty;
    }

    /// <summary>Makes the new body; the edits can be used no further.</summary>
    /// <returns>False where two edits touch each other or one lies outside of the body: then the body has to be sent as it is.</returns>
    public bool TryApply(ReadOnlySpan<byte> body, [NotNullWhen(true)] out EditedBody? edited)
    {
        edited = null;
        var splices = _splices.Items;
        for (var i = 0; i < splices.Length; i++)
            splices[i].Number = i;
        splices.Sort(static (a, b) => Splice.Order(a, b));
        if (!AreApart(splices, body.Length))
        {
            Debug.Fail("Edits of a request's body overlap or lie outside of it.");
            return false;
        }
        var output = new PooledList<byte>();
        output.Reserve(body.Length + _bytes.Count + splices.Length);
        var done = 0;
        for (var i = 0; i < splices.Length; i++)
        {
            ref readonly var splice = ref splices[i];
            output.AddRange(body[done..splice.Offset]);
            output.AddRange(NewBytes(splice));
            var isLastHere = i + 1 == splices.Length || splices[i + 1].Offset != splice.Offset || !splices[i + 1].IsMember;
            if (splice.IsMember && !(splice.IsFirstMember && isLastHere))
                output.Add((byte)',');
            done = splice.Offset + splice.Length;
        }
        output.AddRange(body[done..]);
        edited = new EditedBody(output);
        return true;
    }

    public void Dispose()
    {
        _splices.Return();
        _bytes.Return();
    }

    private void Add(int offset, int length, ReadOnlySpan<byte> bytes)
    {
        _splices.Add(new Splice { Offset = offset, Length = length, NewStart = _bytes.Count, NewLength = bytes.Length });
        _bytes.AddRange(bytes);
    }

    private ReadOnlySpan<byte> NewBytes(in Splice splice) => _bytes.Items.Slice(splice.NewStart, splice.NewLength);

    private bool AreApart(ReadOnlySpan<Splice> sorted, int bodyLength)
    {
        var end = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            ref readonly var splice = ref sorted[i];
            // Compared so that nothing can overflow.
            if (splice.Offset < end || splice.Length < 0 || splice.Offset > bodyLength || splice.Length > bodyLength - splice.Offset)
                return false;
            end = splice.Offset + splice.Length;
            // Two insertions at one offset have no order, unless they are members with different names.
            for (var j = i - 1; j >= 0 && sorted[j].Offset == splice.Offset && splice.Length == 0; j--)
            {
                if (!splice.IsMember || !sorted[j].IsMember || Name(splice).SequenceEqual(Name(sorted[j])))
                    return false;
            }
        }
        return true;
    }

    private ReadOnlySpan<byte> Name(in Splice member) => _bytes.Items.Slice(member.NewStart, member.NameLength);

    private struct Splice
    {
        public int Offset;
        public int Length;
        public int NewStart;
        public int NewLength;
        public int NameLength;
        public int Number;
        public bool IsFirstMember;

        public readonly bool IsMember => NameLength > 0;

        /// <summary>What is inserted at an offset stands in front of what is replaced from there on.</summary>
        public static int Order(in Splice left, in Splice right) =>
            left.Offset != right.Offset ? left.Offset.CompareTo(right.Offset)
            : (left.Length == 0) != (right.Length == 0) ? (left.Length == 0 ? -1 : 1)
            : left.Number.CompareTo(right.Number);
    }
}

/// <summary>A request's new body in a pooled array.</summary>
public sealed class EditedBody : IDisposable
{
    private PooledList<byte> _bytes;

    internal EditedBody(PooledList<byte> bytes) => _bytes = bytes;

    public ReadOnlyMemory<byte> Bytes => _bytes.Memory;

    public void Dispose() => _bytes.Return();
}
