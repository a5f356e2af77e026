using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Core.Metering.Estimating;

/// <summary>How many characters and runs of each class a text has: all that an estimate knows of it. Counted in one pass of 64 characters at a time, without an allocation.</summary>
internal struct CharacterCounts
{
    private const int Block = 64;

    public long Chars, Letters, Words, Humps, Capitals, Digits, Numbers, SpacedNumbers, Marks, MarkRuns, Blanks, Gaps, Breaks;

    /// <summary>Marks that tell kinds of text apart; they are counted in <see cref="Marks"/> as well.</summary>
    public long Quotes, Angles, Commas, Signs;

    /// <summary>Characters beyond ASCII: letters of Latin, of scripts with words, of scripts without, and all else.</summary>
    public long Latin, Lettered, Ideographs, Symbols;

    // The classes of the last character of the block before.
    private ulong _letter, _lower, _digit, _mark, _blank, _wideBlank, _break;

    public static CharacterCounts Of(ReadOnlySpan<char> text)
    {
        var counts = new CharacterCounts { Chars = text.Length };
        var whole = text.Length - (text.Length % Block);
        for (var at = 0; at < whole; at += Block)
            counts.Add(text.Slice(at, Block));
        if (whole < text.Length)
        {
            // What fills the block up is of no class.
            Span<char> rest = stackalloc char[Block];
            rest.Clear();
            text[whole..].CopyTo(rest);
            counts.Add(rest);
        }
        return counts;
    }

    private void Add(ReadOnlySpan<char> block)
    {
        ref var start = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<char, ushort>(block));
        var low = Bytes(ref start, 0);
        var high = Bytes(ref start, Block / 2);

        var letter = Mask(IsLetter(low), IsLetter(high));
        var capital = Mask(IsWithin(low, 'A', 26), IsWithin(high, 'A', 26));
        var digit = Mask(IsWithin(low, '0', 10), IsWithin(high, '0', 10));
        var printed = Mask(IsWithin(low, '!', 94), IsWithin(high, '!', 94));
        var blank = Mask(Is(low, ' ') | Is(low, '\t'), Is(high, ' ') | Is(high, '\t'));
        var lineBreak = Mask(Is(low, '\n') | Is(low, '\r'), Is(high, '\n') | Is(high, '\r'));
        var beyond = Mask(low, high); // ASCII leaves the highest bit free.
        var mark = printed & ~letter & ~digit;
        var lower = letter & ~capital;

        Letters += BitOperations.PopCount(letter);
        Words += BitOperations.PopCount(letter & ~Before(letter, ref _letter));
        Humps += BitOperations.PopCount(capital & Before(lower, ref _lower));
        Capitals += BitOperations.PopCount(capital);
        Digits += BitOperations.PopCount(digit);
        Numbers += BitOperations.PopCount(digit & ~Before(digit, ref _digit));
        Marks += BitOperations.PopCount(mark);
        MarkRuns += BitOperations.PopCount(mark & ~Before(mark, ref _mark));
        Blanks += BitOperations.PopCount(blank);
        var afterBlank = Before(blank, ref _blank);
        SpacedNumbers += BitOperations.PopCount(digit & afterBlank);
        var wide = blank & afterBlank;
        Gaps += BitOperations.PopCount(wide & ~Before(wide, ref _wideBlank));
        Breaks += BitOperations.PopCount(lineBreak & ~Before(lineBreak, ref _break));
        Quotes += BitOperations.PopCount(Mask(Is(low, '"'), Is(high, '"')));
        Angles += BitOperations.PopCount(Mask(Is(low, '<'), Is(high, '<')));
        Commas += BitOperations.PopCount(Mask(Is(low, ','), Is(high, ',')));
        Signs += BitOperations.PopCount(Mask(IsSign(low), IsSign(high)));
        if (beyond != 0)
            AddBeyondAscii(block, beyond);
    }

    private void AddBeyondAscii(ReadOnlySpan<char> block, ulong beyond)
    {
        for (; beyond != 0; beyond &= beyond - 1)
        {
            switch (block[BitOperations.TrailingZeroCount(beyond)])
            {
                case >= '\u00c0' and < '\u0370':
                    Latin++;
                    break;
                case >= '\u0370' and < '\u2000':
                    Lettered++;
                    break;
                case >= '\u2e80' and < '\ud800':
                    Ideographs++;
                    break;
                default:
                    Symbols++;
                    break;
            }
        }
    }

    /// <summary>Thirty-two characters as bytes; all beyond ASCII keep their highest bit set.</summary>
    private static Vector256<byte> Bytes(ref ushort start, nuint at)
    {
        var limit = Vector256.Create((ushort)0xff);
        return Vector256.Narrow(
            Vector256.Min(Vector256.LoadUnsafe(ref start, at), limit),
            Vector256.Min(Vector256.LoadUnsafe(ref start, at + (nuint)Vector256<ushort>.Count), limit));
    }

    private static Vector256<byte> IsLetter(Vector256<byte> bytes) => IsWithin(bytes | Vector256.Create((byte)0x20), 'a', 26);

    private static Vector256<byte> IsWithin(Vector256<byte> bytes, char first, byte count) => Vector256.LessThan(bytes - Vector256.Create((byte)first), Vector256.Create(count));

    private static Vector256<byte> Is(Vector256<byte> bytes, char c) => Vector256.Equals(bytes, Vector256.Create((byte)c));

    private static Vector256<byte> IsSign(Vector256<byte> bytes) => Is(bytes, '{') | Is(bytes, '(') | Is(bytes, '[') | Is(bytes, ';') | Is(bytes, '=');

    private static ulong Mask(Vector256<byte> low, Vector256<byte> high) => low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32);

    /// <summary>For each character whether the one in front of it is of the class.</summary>
    private static ulong Before(ulong mask, ref ulong carried)
    {
        var before = (mask << 1) | carried;
        carried = mask >> 63;
        return before;
    }
}
