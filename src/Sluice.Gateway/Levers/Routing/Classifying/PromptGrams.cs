using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// The n-grams of a prompt as 32-bit hashes, in their order and with repetitions, and its shape. Buffers are rented; whoever
/// makes one disposes it, once.
/// </summary>
public ref struct PromptGrams : IDisposable
{
    private const uint BigramSeed = 0x9e3779b9;
    private const uint PieceSeed3 = 0x51ed270b;
    private const uint PieceSeed4 = 0x2545f491;

    private readonly uint[] _words;
    private readonly uint[] _pieces;
    private ShapeValues _shape;

    private PromptGrams(int bytes)
    {
        // Each byte begins at most one token, with at most one pair, and at most one piece of either length.
        _words = ArrayPool<uint>.Shared.Rent(2 * Math.Max(bytes, 8));
        _pieces = ArrayPool<uint>.Shared.Rent(2 * Math.Max(bytes, 8));
    }

    /// <summary>Hashes of words and pairs of words.</summary>
    public readonly ReadOnlySpan<uint> Words => _words.AsSpan(0, WordGrams);

    /// <summary>Hashes of runs of 3 and 4 bytes within blanks.</summary>
    public readonly ReadOnlySpan<uint> Pieces => _pieces.AsSpan(0, PieceGrams);

    /// <summary>The shape features as they are, not yet standardised.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<float> Shape => _shape;

    private int WordGrams { get; set; }

    private int PieceGrams { get; set; }

    /// <param name="prompt">UTF-8; what is malformed counts as a symbol. Read to <see cref="FeatureSpec.MaxBytes"/>.</param>
    public static PromptGrams Of(ReadOnlySpan<byte> prompt)
    {
        prompt = prompt[..Math.Min(prompt.Length, FeatureSpec.MaxBytes)];
        // A lower-case letter can take one byte more than its capital of two; a malformed byte becomes a character of three.
        var lower = ArrayPool<byte>.Shared.Rent((3 * prompt.Length) + 2);
        var grams = new PromptGrams((3 * prompt.Length) + 2);
        var length = grams.ReadWords(prompt, lower);
        grams.ReadPieces(lower.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(lower);
        return grams;
    }

    public void Dispose()
    {
        ArrayPool<uint>.Shared.Return(_words);
        ArrayPool<uint>.Shared.Return(_pieces);
    }

    /// <summary>Reads words, and writes the text in lower case with one blank before, between and after its parts.</summary>
    private int ReadWords(ReadOnlySpan<byte> prompt, Span<byte> lower)
    {
        const uint fnvBasis = 2166136261;
        var length = 0;
        lower[length++] = (byte)' ';
        var (digits, lines, tokens) = (0, 0, 0);
        uint word = fnvBasis, previous = 0;
        for (var at = 0; at < prompt.Length;)
        {
            var start = length;
            var kind = ByteKind.Letter;
            var value = prompt[at];
            if (value < 0x80)
            {
                at++;
                kind = Kind(value);
                if (value is (byte)'\n')
                    lines++;
                else if (char.IsAsciiDigit((char)value))
                    digits++;
                lower[length++] = char.IsAsciiLetterUpper((char)value) ? (byte)(value | 0x20) : value;
            }
            else
            {
                Rune.DecodeFromUtf8(prompt[at..], out var rune, out var consumed);
                at += consumed;
                kind = Rune.IsLetterOrDigit(rune) ? ByteKind.Letter : Rune.IsWhiteSpace(rune) ? ByteKind.Blank : ByteKind.Symbol;
                length += Rune.ToLowerInvariant(rune).EncodeToUtf8(lower[length..]);
            }
            if (kind == ByteKind.Letter)
            {
                for (var i = start; i < length; i++)
                    word = unchecked((word ^ lower[i]) * 16777619);
                continue;
            }
            if (word != fnvBasis)
            {
                previous = AddWord(Mix(word), previous);
                tokens++;
                word = fnvBasis;
            }
            if (kind == ByteKind.Symbol)
            {
                var symbol = fnvBasis;
                for (var i = start; i < length; i++)
                    symbol = unchecked((symbol ^ lower[i]) * 16777619);
                previous = AddWord(Mix(symbol), previous);
                tokens++;
            }
            else
            {
                length = start;
                if (lower[length - 1] != (byte)' ')
                    lower[length++] = (byte)' ';
            }
        }
        if (word != fnvBasis)
        {
            AddWord(Mix(word), previous);
            tokens++;
        }
        if (lower[length - 1] != (byte)' ')
            lower[length++] = (byte)' ';
        _shape[0] = MathF.Log(1 + prompt.Length);
        _shape[1] = prompt.IsEmpty ? 0 : (float)digits / prompt.Length;
        _shape[2] = MathF.Log(1 + lines);
        _shape[3] = MathF.Log(1 + tokens);
        return length;
    }

    private uint AddWord(uint word, uint previous)
    {
        _words[WordGrams++] = word;
        if (previous != 0)
            _words[WordGrams++] = Mix(unchecked((previous * 16777619) ^ word ^ BigramSeed));
        return word == 0 ? 1 : word;
    }

    private void ReadPieces(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (var i = 0; i + 2 < text.Length; i++)
        {
            if (text[i + 1] == (byte)' ')
                continue;
            var three = text[i] | ((uint)text[i + 1] << 8) | ((uint)text[i + 2] << 16);
            _pieces[count++] = Mix(three ^ PieceSeed3);
            if (i + 3 < text.Length && text[i + 2] != (byte)' ')
                _pieces[count++] = Mix((three | ((uint)text[i + 3] << 24)) ^ PieceSeed4);
        }
        PieceGrams = count;
    }

    /// <summary>The finaliser of MurmurHash3, by Austin Appleby (public domain): one to one, and every bit counts.</summary>
    private static uint Mix(uint hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
            hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
            return hash ^ (hash >> 16);
        }
    }

    private static ByteKind Kind(byte ascii) =>
        char.IsAsciiLetterOrDigit((char)ascii) || ascii == (byte)'_' ? ByteKind.Letter
        : ascii <= (byte)' ' || ascii == 0x7f ? ByteKind.Blank
        : ByteKind.Symbol;

    private enum ByteKind
    {
        Letter,
        Symbol,
        Blank,
    }

    [InlineArray(FeatureSpec.ShapeCount)]
    private struct ShapeValues
    {
        private float _first;
    }
}
