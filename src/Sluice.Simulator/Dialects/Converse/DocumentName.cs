using System.Buffers;
using System.Text.Json;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Converse;

/// <summary>What a document may be called. Bedrock takes underscores as well, though its message doesn't list them, and of white space the blank alone.</summary>
internal static class DocumentName
{
    private const int MaxLength = 200;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_()[]");

    /// <exception cref="Refusal">It may not be called that.</exception>
    public static void Check(JsonElement document)
    {
        var name = document.Text("name"u8)
            ?? throw Refusal.Validation("1 validation error detected: Value null at 'document.name' failed to satisfy constraint: Member must not be null");
        if (name.Length is 0 or > MaxLength)
            throw Refusal.Validation($"1 validation error detected: Value '{name}' at 'document.name' failed to satisfy constraint: Member must have length between 1 and {MaxLength}, inclusive");
        if (name.AsSpan().ContainsAnyExcept(Allowed) || name.Contains("  ", StringComparison.Ordinal))
        {
            throw Refusal.Validation(
                "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. "
                + "The name can't contain more than one consecutive whitespace character. Check that the file name conforms to these restrictions and retry your request.");
        }
    }
}
