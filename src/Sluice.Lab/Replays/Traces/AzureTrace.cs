using System.Globalization;

namespace Sluice.Lab.Replays.Traces;

/// <summary>
/// Traces in the format of Azure's LLM inference traces of 2023 (Azure/AzurePublicDataset): comma-separated
/// <c>TIMESTAMP,ContextTokens,GeneratedTokens</c> under that header, with nothing quoted. They tell how long prompts and replies
/// were, and nothing of what prompts have in common.
/// </summary>
public static class AzureTrace
{
    public const string Header = "TIMESTAMP,ContextTokens,GeneratedTokens";

    /// <summary>Reads a trace, gzip or plain, one request at a time.</summary>
    /// <exception cref="TraceException">The header or a row is not of this format; it is read up to there.</exception>
    public static IEnumerable<TraceRequest> Read(string path)
    {
        var isHeader = true;
        foreach (var (number, text) in TraceLines.Read(path))
        {
            if (isHeader && text != Header)
                throw new TraceException(path, number, $"the header should be {Header}");
            if (!isHeader)
                yield return Request(path, number, text.Split(','));
            isHeader = false;
        }
    }

    private static TraceRequest Request(string path, long number, string[] fields)
    {
        if (fields.Length != 3)
            throw new TraceException(path, number, $"{fields.Length} fields; a row has the three of {Header}");
        if (!DateTimeOffset.TryParse(fields[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            throw new TraceException(path, number, $"TIMESTAMP is '{fields[0]}', not a date with a time");
        return new TraceRequest { At = at, InputTokens = Tokens("ContextTokens", fields[1]), OutputTokens = Tokens("GeneratedTokens", fields[2]) };

        int Tokens(string column, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? tokens
            : throw new TraceException(path, number, $"{column} is '{value}', not a whole number of tokens");
    }
}
