using System.Text.Json;

using Sluice.Bedrock.Json;

namespace Sluice.Bedrock.Requests;

/// <summary>
/// The billed units of a rerank request. One unit is a query over up to 100 document chunks; a document that is longer
/// than 512 tokens, the query included, is several chunks (Amazon Bedrock pricing page, "Rerank models").
/// </summary>
/// <param name="Count">Units by the usual four bytes a token.</param>
/// <param name="Exact">No length that the tokens could have changes the count.</param>
public readonly record struct SearchUnits(int Count, bool Exact)
{
    private const int ChunksPerUnit = 100;
    private const int TokensPerChunk = 512;

    // A query that nearly fills the chunk would leave no room for documents; the services cut the query before that.
    private const int LeastRoomTokens = 64;

    /// <summary>Counts the units of a well-formed body with <c>query</c> and <c>documents</c> at its root.</summary>
    internal static SearchUnits Of(ReadOnlySpan<byte> body)
    {
        var queryBytes = MeasureQuery(body);
        long documents = 0, likelyChunks = 0, mostChunks = 0, documentBytes = 0;
        var inDocuments = false;
        var reader = new Utf8JsonReader(body, RequestReader.JsonOptions);
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
                inDocuments = reader.ValueTextEquals("documents"u8);
            if (!inDocuments || reader.CurrentDepth < 2)
                continue;
            if (reader.TokenType == JsonTokenType.String)
                documentBytes += EscapedText.CountBytes(reader.ValueSpan);
            if (reader.CurrentDepth != 2 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                continue;
            // The end of one document, be it a string or an object of fields.
            documents++;
            likelyChunks += Chunks(queryBytes / 4, documentBytes / 4);
            mostChunks += Chunks(queryBytes, documentBytes);
            documentBytes = 0;
        }
        var count = Units(likelyChunks);
        return new((int)Math.Min(count, int.MaxValue), Units(documents) == Units(mostChunks));
    }

    private static long Chunks(long queryTokens, long documentTokens)
    {
        var room = Math.Max(LeastRoomTokens, TokensPerChunk - queryTokens);
        return Math.Max(1, (documentTokens + room - 1) / room);
    }

    private static long Units(long chunks) => Math.Max(1, (chunks + ChunksPerUnit - 1) / ChunksPerUnit);

    private static int MeasureQuery(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, RequestReader.JsonOptions);
        var bytes = 0;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("query"u8)
                && reader.Read() && reader.TokenType == JsonTokenType.String)
                bytes = EscapedText.CountBytes(reader.ValueSpan);
        }
        return bytes;
    }
}
