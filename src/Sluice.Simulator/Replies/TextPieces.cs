using Sluice.Simulator.Tokens;

namespace Sluice.Simulator.Replies;

/// <summary>Cuts a reply's text into what one frame of a stream carries.</summary>
internal static class TextPieces
{
    /// <summary>Pieces of so many tokens, the last of what is left; none for an empty text.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> text, int tokensPerPiece)
    {
        while (!text.IsEmpty)
        {
            // A character of four bytes counts two tokens, and goes whole into a piece even where only one is left.
            var length = TokenCounter.Cut(text.Span, Math.Max(2, tokensPerPiece));
            yield return text[..length];
            text = text[length..];
        }
    }
}
