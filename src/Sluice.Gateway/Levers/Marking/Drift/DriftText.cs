using System.Buffers;

namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>A date, an id or a number in a text: what kind, where (in UTF-8 bytes of the text), and a hash of it.</summary>
internal readonly record struct DriftSlot(DriftKinds Kind, int Offset, int Length, uint Value);

/// <summary>
/// A text by what stays when its white space, dates, ids and numbers change, and by hashes of what was left out. Nothing of
/// the text itself is kept.
/// </summary>
internal sealed class DriftText
{
    /// <summary>White space is hashed in this many stretches, so that it is known about where it differs.</summary>
    public const int Stretches = 16;

    /// <summary>Bytes of what stays of a text in one stretch; the last one takes the rest.</summary>
    private const int StretchBytes = 512;

    /// <summary>Dates and ids, and apart from them numbers, of which a place is kept; what follows counts as text.</summary>
    private const int MaximumSlots = 16;

    private readonly List<DriftSlot> _slots = [];
    private int _numbers;

    private DriftText() { }

    /// <summary>The same for texts that differ in nothing but white space and what the slots hold.</summary>
    public ulong Skeleton { get; private set; }

    /// <summary>Letters that <see cref="Skeleton"/> rests on.</summary>
    public int Letters { get; private set; }

    public IReadOnlyList<DriftSlot> Slots => _slots;

    /// <summary>Hashes of the white space, stretch by stretch, and where each begins.</summary>
    public uint[] Spaces { get; } = new uint[Stretches];

    public int[] Starts { get; } = new int[Stretches + 1];

    public static DriftText Of(ReadOnlySpan<byte> text)
    {
        var read = new DriftText();
        read.Read(text);
        return read;
    }

    /// <summary>How this text differs from one of the same skeleton, and between which bytes.</summary>
    public (DriftKinds Kinds, int From, int To) DifferenceFrom(DriftText other)
    {
        var kinds = DriftKinds.None;
        var (from, to, numbers, ids) = (int.MaxValue, 0, 0, 0);
        for (var i = 0; i < Math.Min(_slots.Count, other._slots.Count); i++)
        {
            var slot = _slots[i];
            if (slot.Value == other._slots[i].Value)
                continue;
            kinds |= slot.Kind;
            numbers += slot.Kind == DriftKinds.Number ? 1 : 0;
            ids += slot.Kind is DriftKinds.Id or DriftKinds.Uuid ? 1 : 0;
            (from, to) = (Math.Min(from, slot.Offset), Math.Max(to, slot.Offset + slot.Length));
        }
        // A template that is filled with many figures or names is another prompt each time, not one that drifts.
        if (numbers > DriftLimits.Numbers || ids > DriftLimits.Ids)
            return (DriftKinds.None, 0, 0);
        for (var i = 0; i < Stretches; i++)
        {
            if (Spaces[i] == other.Spaces[i])
                continue;
            kinds |= DriftKinds.Whitespace;
            (from, to) = (Math.Min(from, Starts[i]), Math.Max(to, Starts[i + 1]));
        }
        return kinds == DriftKinds.None ? (kinds, 0, 0) : (kinds, from, to);
    }

    /// <summary>Writes what stays into a buffer, which is hashed as a whole.</summary>
    private void Read(ReadOnlySpan<byte> text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(text.Length);
        var (stretch, written) = (0, 0);
        for (var at = 0; at < text.Length;)
        {
            var length = WordForms.Blank(text[at..]);
            if (length > 0)
            {
                // A single blank is the rule. What is not, is hashed with its place among what stays, which is the same in texts
                // that differ in white space alone.
                var isEdge = at == 0 || at + length == text.Length;
                if (isEdge || length > 1 || text[at] != ' ')
                    Spaces[stretch] = DriftHash.Short(DriftHash.Step(Spaces[stretch], (ulong)written), text.Slice(at, length));
                if (!isEdge)
                    buffer[written++] = (byte)' ';
                at += length;
                continue;
            }
            length = WordForms.Word(text[at..], out var digits);
            var kind = digits == 0 && !WordForms.MayBeName(text.Slice(at, length)) ? DriftKinds.None : WordForms.KindOf(text, at, length, digits);
            if (kind != DriftKinds.None && TryAdd(kind, text, at, length))
            {
                buffer[written++] = 0;
            }
            else
            {
                text.Slice(at, length).CopyTo(buffer.AsSpan(written));
                written += length;
                Letters += length;
            }
            at += length;
            while (stretch < Stretches - 1 && written >= (stretch + 1) * StretchBytes)
                Starts[++stretch] = at;
        }
        Starts.AsSpan(stretch + 1).Fill(text.Length);
        Skeleton = DriftHash.Of(DriftHash.Start, buffer.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private bool TryAdd(DriftKinds kind, ReadOnlySpan<byte> text, int at, int length)
    {
        var follows = _slots.Count > 0 && WordForms.IsGap(text[(_slots[^1].Offset + _slots[^1].Length)..at]);
        if (follows && kind == DriftKinds.Time && _slots[^1] is { Kind: DriftKinds.Number, Length: <= 4 })
            _slots[^1] = _slots[^1] with { Kind = DriftKinds.Time };
        else if (follows && kind == DriftKinds.Number && length <= 4 && _slots[^1].Kind == DriftKinds.Time)
            kind = DriftKinds.Time;
        if (kind == DriftKinds.Number ? ++_numbers > MaximumSlots : _slots.Count - Math.Min(_numbers, MaximumSlots) >= MaximumSlots)
            return false;
        _slots.Add(new DriftSlot(kind, at, length, DriftHash.Short(0, text.Slice(at, length))));
        return true;
    }
}

/// <summary>What is still drift of one prompt, and what is another prompt.</summary>
internal static class DriftLimits
{
    /// <summary>A counter and perhaps a total.</summary>
    public const int Numbers = 2;

    /// <summary>A request's id, a session's, a user's.</summary>
    public const int Ids = 3;

    /// <summary>Fewer letters beside what changes don't make two texts the same one.</summary>
    public const int Letters = 32;

    /// <summary>Calls that a finding rests on before it becomes advice.</summary>
    public const int Calls = 20;
}
