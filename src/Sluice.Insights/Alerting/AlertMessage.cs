using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Core.Alerts;

namespace Sluice.Insights.Alerting;

/// <summary>An alert as it is told: the same bytes at each try.</summary>
public sealed record AlertMessage(Alert Alert)
{
    /// <summary>The same for the same kind, subject and occasion, so that who is told twice can see it. 32 hexadecimal digits.</summary>
    public string Id { get; } = IdOf(Alert);

    /// <summary>One JSON object with stable names.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new AlertBody(Id, Alert.Kind.Name(), Alert.Subject, Alert.Occasion, Alert.Title, Alert.Advice, Alert.At.UtcDateTime, new SortedDictionary<string, string>(new Dictionary<string, string>(Alert.Facts, StringComparer.Ordinal), StringComparer.Ordinal)),
        AlertJson.Readable.AlertBody);

    /// <summary>For people, several lines.</summary>
    public string ToText()
    {
        var text = new StringBuilder().AppendLine(Alert.Title).AppendLine().Append("What to do: ").AppendLine(Alert.Advice).AppendLine();
        foreach (var (name, value) in Alert.Facts.OrderBy(f => f.Key, StringComparer.Ordinal))
            text.Append(name).Append(": ").AppendLine(value);
        return text.Append("kind: ").AppendLine(Alert.Kind.Name()).Append("at: ").AppendLine(Stamp).Append("id: ").AppendLine(Id).ToString();
    }

    public string Stamp => Alert.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private static string IdOf(Alert alert) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{alert.Kind.Name()}\n{alert.Subject}\n{alert.Occasion}")).AsSpan(0, 16));
}

internal sealed record AlertBody(string Id, string Kind, string Subject, string Occasion, string Title, string Advice, DateTime At, SortedDictionary<string, string> Facts);

internal sealed record SlackBody(string Text, SlackBlock[] Blocks);

internal sealed record SlackBlock(string Type, SlackText Text);

internal sealed record SlackText(string Type, string Text);

[JsonSerializable(typeof(AlertBody))]
[JsonSerializable(typeof(SlackBody))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AlertJson : JsonSerializerContext
{
    /// <summary>It is no part of a page, so quotation marks and letters beyond ASCII need no escape.</summary>
    public static AlertJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower });
}
