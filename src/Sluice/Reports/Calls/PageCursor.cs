using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Sluice.Core;
using Sluice.Ledger.Queries;

namespace Sluice.Reports.Calls;

/// <summary>
/// Where a page of calls ended, as text. It holds a checksum of the question, so that a cursor of another question is refused
/// rather than answered with calls that were never asked for.
/// </summary>
internal static class PageCursor
{
    private const int Length = 20;

    public static string Write(CallCursor place, ReportQuestion question)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (place.StartedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], place.Id);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], Checksum(bytes[..16], question));
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ReportMistakeException">It is no cursor of this question.</exception>
    public static CallCursor Read(string text, ReportQuestion question)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length == Base64Url.GetEncodedLength(Length) && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out var written) && written == Length
            && BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]) == Checksum(bytes[..16], question))
            return new CallCursor(DateTimeOffset.UnixEpoch.AddMicroseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)), BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
        throw new ReportMistakeException($"cursor '{PlainText.Of(text)}' is of another question; ask with the parameters of the answer that gave it, or without a cursor.");
    }

    /// <summary>Of the place and of every parameter but the cursor and how many calls a page has.</summary>
    private static uint Checksum(ReadOnlySpan<byte> place, ReportQuestion question)
    {
        // As it was said: "24h" is another moment with each page, and still the same question.
        var said = question.Said.Where(w => w.Key is not ("cursor" or "limit") && w.Value.Count > 0).OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => $"{w.Key}={string.Join('\u001f', w.Value)}");
        return Crc32.Compute(Encoding.UTF8.GetBytes(string.Join('\u001e', said)), Crc32.Compute(place));
    }
}
