using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Sluice.Insights.Store;

/// <summary>Values of JSON as text.</summary>
internal static class JsonText
{
    /// <summary>The text that a value is, of an object or list its JSON; empty if it is missing or null.</summary>
    public static string Of(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return "";
        if (value.ValueKind != JsonValueKind.String)
            return value.GetRawText();
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half of a pair of surrogates is no text, and stays as it is escaped.
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)[1..^1]);
        }
    }
}
