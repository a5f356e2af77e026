using System.Buffers.Binary;
using System.Buffers.Text;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Members in order, and numbers by their value.</summary>
internal partial struct CanonicalJson
{
    // Beyond this a sort that allocates a little is better than one that compares everything.
    private const int FewMembers = 24;

    /// <summary>Puts the members of the object that ends here into order; false where two have one name.</summary>
    private bool TrySort(Span<Member> members)
    {
        for (var i = 0; i < members.Length; i++)
            members[i].End = i + 1 < members.Length ? members[i + 1].Start : _output.Count;

        var start = members[0].Start;
        var wasInOrder = true;
        for (var i = 1; i < members.Length && wasInOrder; i++)
            wasInOrder = Compare(members[i - 1], members[i]) < 0;
        if (wasInOrder)
            return true;

        if (members.Length <= FewMembers)
            InsertionSort(members);
        else
            members.Sort(new NameOrder(_output.Memory).Compare);
        for (var i = 1; i < members.Length; i++)
        {
            if (Compare(members[i - 1], members[i]) == 0)
                return false;
        }

        _sorted.Shrink(0);
        foreach (ref readonly var member in members)
            _sorted.AddRange(_output.Items[member.Start..member.End]);
        _sorted.Items.CopyTo(_output.Items[start..]);
        return true;
    }

    private readonly int Compare(in Member left, in Member right) => Name(left).SequenceCompareTo(Name(right));

    private readonly ReadOnlySpan<byte> Name(in Member member) => _output.Items.Slice(member.Start, member.NameLength);

    private readonly void InsertionSort(Span<Member> members)
    {
        for (var i = 1; i < members.Length; i++)
        {
            var member = members[i];
            var j = i;
            for (; j > 0 && Compare(members[j - 1], member) > 0; j--)
                members[j] = members[j - 1];
            members[j] = member;
        }
    }

    /// <summary>Writes a number as its digits without zeros at either end and the power of ten that they are multiplied by.</summary>
    private void AppendNumber(ReadOnlySpan<byte> raw)
    {
        ContentBytes += raw.Length;
        var exponentAt = raw.IndexOfAny((byte)'e', (byte)'E');
        long exponent = 0;
        if (!_sorts || (exponentAt >= 0 && !TryReadExponent(raw[(exponentAt + 1)..], out exponent)))
        {
            // An exponent beyond all measure is only ever equal to itself.
            _output.Add((byte)'N');
            _output.AddRange(raw);
            _output.Add(0);
            return;
        }
        var mantissa = exponentAt >= 0 ? raw[..exponentAt] : raw;
        var isNegative = mantissa[0] == '-';
        if (isNegative)
            mantissa = mantissa[1..];

        _output.Add((byte)'n');
        var start = _output.Count;
        var point = mantissa.IndexOf((byte)'.');
        if (point < 0)
        {
            _output.AddRange(mantissa);
        }
        else
        {
            _output.AddRange(mantissa[..point]);
            _output.AddRange(mantissa[(point + 1)..]);
            exponent -= mantissa.Length - point - 1;
        }
        var digits = _output.Items[start..];
        var significant = digits.TrimEnd((byte)'0');
        exponent += digits.Length - significant.Length;
        significant = significant.TrimStart((byte)'0');
        significant.CopyTo(digits);
        _output.Shrink(start + significant.Length);
        if (significant.IsEmpty)
        {
            _output.Add(0);
            return;
        }
        var tail = _output.Extend(1 + sizeof(long));
        tail[0] = isNegative ? (byte)'-' : (byte)'+';
        BinaryPrimitives.WriteInt64LittleEndian(tail[1..], exponent);
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        var digits = text[0] == '+' ? text[1..] : text;
        exponent = 0;
        return digits.Length <= 12 && Utf8Parser.TryParse(digits, out exponent, out _);
    }

    private sealed class NameOrder(ReadOnlyMemory<byte> output)
    {
        public int Compare(Member left, Member right) =>
            output.Span.Slice(left.Start, left.NameLength).SequenceCompareTo(output.Span.Slice(right.Start, right.NameLength));
    }
}
