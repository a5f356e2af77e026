using System.Globalization;

namespace Sluice.Bedrock.Replies;

/// <summary>
/// The counts that Bedrock puts in the headers of plain InvokeModel replies. They are in no published schema, but real
/// replies have them; the input leaves out the cached parts.
/// </summary>
internal static class TokenCountHeaders
{
    /// <param name="header">The value of a reply header by its name in any case, or null.</param>
    /// <param name="rejected">Set where a header is there but holds no count.</param>
    public static ReportedCounts Read(Func<string, string?> header, ref bool rejected) => new(
        ReadCount(header("X-Amzn-Bedrock-Input-Token-Count"), ref rejected),
        null,
        ReadCount(header("X-Amzn-Bedrock-Cache-Read-Input-Token-Count"), ref rejected),
        ReadCount(header("X-Amzn-Bedrock-Cache-Write-Input-Token-Count"), ref rejected),
        ReadCount(header("X-Amzn-Bedrock-Output-Token-Count"), ref rejected));

    private static long? ReadCount(string? value, ref bool rejected)
    {
        if (value is null)
            return null;
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= ReplyFields.MaxCount)
            return count;
        rejected = true;
        return null;
    }
}
