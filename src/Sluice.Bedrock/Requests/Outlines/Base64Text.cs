using System.Buffers;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Tells media in base64 from text, without decoding it.</summary>
internal static class Base64Text
{
    private const int Sample = 64;

    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>No text goes on for so long without a space, a full stop or a line's end.</summary>
    public static bool Looks(ReadOnlySpan<byte> text) => text.Length >= 4 * Sample && !text[..Sample].ContainsAnyExcept(Alphabet);
}
