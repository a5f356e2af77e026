namespace Sluice.Simulator.Tokens;

/// <summary>
/// The simulator's own tokeniser, which stands in for every model's: a word is one token for each eight letters begun, a
/// number one for each three digits, each mark one (four of the same in a row count once), a run of line breaks one; a
/// character of three bytes in UTF-8 one and of four bytes two. White space goes with what follows it. English prose
/// comes to about 1.3 tokens a word. What is cut off at a token's end has exactly the tokens before the cut.
/// </summary>
internal static class TokenCounter
{
    private const int LettersPerToken = 8;
    private const int DigitsPerToken = 3;
    private const int MarksPerToken = 4;

    private enum Kind : byte
    {
        Space,
        Break,
        Letter,
        Digit,
        Mark,
        Three,
        Four,
    }

    private static readonly Kind[] Kinds = BuildKinds();

    public static int Count(ReadOnlySpan<byte> utf8)
    {
        var tokens = 0;
        var at = 0;
        while (at < utf8.Length)
            at = Next(utf8, at, ref tokens);
        return tokens;
    }

    /// <summary>The length in bytes of the longest beginning that has at most <paramref name="tokens"/> tokens.</summary>
    public static int Cut(ReadOnlySpan<byte> utf8, int tokens)
    {
        var counted = 0;
        var at = 0;
        while (at < utf8.Length)
        {
            var end = Next(utf8, at, ref counted);
            if (counted > tokens)
                break;
            at = end;
        }
        return at;
    }

    /// <summary>Goes past one token (two for a character of four bytes) and the white space before it.</summary>
    private static int Next(ReadOnlySpan<byte> utf8, int at, ref int tokens)
    {
        var kinds = Kinds;
        while (at < utf8.Length && kinds[utf8[at]] == Kind.Space)
            at++;
        if (at == utf8.Length)
            return at;
        tokens++;
        var first = utf8[at];
        switch (kinds[first])
        {
            case Kind.Letter:
                var letters = at;
                while (at < utf8.Length && kinds[utf8[at]] == Kind.Letter && (at - letters < LettersPerToken || IsContinuation(utf8[at])))
                    at++;
                return at;
            case Kind.Digit:
                var digits = at;
                while (at < utf8.Length && kinds[utf8[at]] == Kind.Digit && at - digits < DigitsPerToken)
                    at++;
                return at;
            case Kind.Break:
                while (at < utf8.Length && kinds[utf8[at]] == Kind.Break)
                    at++;
                return at;
            case Kind.Three:
                return Math.Min(at + 3, utf8.Length);
            case Kind.Four:
                tokens++;
                return Math.Min(at + 4, utf8.Length);
            default:
                var marks = at;
                while (at < utf8.Length && utf8[at] == first && at - marks < MarksPerToken)
                    at++;
                return at;
        }
    }

    private static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;

    private static Kind[] BuildKinds()
    {
        var kinds = new Kind[256];
        for (var b = 0; b < 256; b++)
        {
            kinds[b] = (byte)b switch
            {
                (byte)' ' or (byte)'\t' => Kind.Space,
                (byte)'\n' or (byte)'\r' => Kind.Break,
                >= (byte)'0' and <= (byte)'9' => Kind.Digit,
                >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or (byte)'_' => Kind.Letter,
                // Two-byte characters are the letters of Latin, Greek, Cyrillic, Hebrew and Arabic; they go by bytes.
                >= 0x80 and < 0xE0 => Kind.Letter,
                >= 0xE0 and < 0xF0 => Kind.Three,
                >= 0xF0 => Kind.Four,
                _ => Kind.Mark,
            };
        }
        return kinds;
    }
}
