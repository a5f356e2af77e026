using System.Text.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>Whether a call starts or reads something that the upstream keeps, by its operation or by fields of its body.</summary>
public static class StoredState
{
    public static bool IsAsked(Operation operation, ReadOnlySpan<byte> body) =>
        OperationTable.IsStateful(operation) || (operation == Operation.Responses && NamesAnother(body));

    /// <summary>A response that goes on from a stored one, or that is made in the background and fetched later.</summary>
    private static bool NamesAnother(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                var isOne = reader.ValueTextEquals("previous_response_id"u8) || reader.ValueTextEquals("conversation"u8) || reader.ValueTextEquals("background"u8);
                reader.Read();
                if (isOne && reader.TokenType is not (JsonTokenType.Null or JsonTokenType.False))
                    return true;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The upstream refuses what is no JSON.
        }
        return false;
    }
}
