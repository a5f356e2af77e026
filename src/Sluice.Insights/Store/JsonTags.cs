using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Insights.Store;

/// <summary>Maps as bills hold them: a JSON object in a field, whose values are taken as text.</summary>
internal static class JsonTags
{
    /// <summary>As exports write their maps: no character is escaped that needn't be.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The name under which tags that can't be read are kept, and what a charge with such tags has as every tag.</summary>
    public const string Unreadable = "(unreadable tags)";

    private const int MaxUnreadable = 256;

    /// <summary>Whether tags as <see cref="Write"/> has them are such as couldn't be read.</summary>
    public static bool AreUnreadable(string tags) => tags.StartsWith("{\"" + Unreadable + "\":", StringComparison.Ordinal);

    /// <summary>The pairs of a JSON object without those that are null. Text that is none is kept whole, under <see cref="Unreadable"/>.</summary>
    public static Dictionary<string, string> Read(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        text = text.Trim();
        if (text is "" or "[]" or "null")
            return pairs;
        try
        {
            // Azure's older exports leave the braces out.
            using var json = JsonDocument.Parse(text.StartsWith('{') ? text : "{" + text + "}");
            foreach (var property in json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null))
                pairs[property.Name] = JsonText.Of(property.Value);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            pairs.Clear();
            pairs[Unreadable] = text.Length > MaxUnreadable ? text[..MaxUnreadable] : text;
        }
        return pairs;
    }

    /// <summary>Canonical: sorted by name.</summary>
    public static string Write(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in pairs.OrderBy(p => p.Key, StringComparer.Ordinal))
                json.WriteString(name, value);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
