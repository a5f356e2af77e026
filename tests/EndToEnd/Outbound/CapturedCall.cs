using System.Text.Json;

namespace EndToEnd.Outbound;

/// <summary>One request as it is when nothing more will be changed about it: what its receiver gets.</summary>
/// <param name="Headers">By name in lower case.</param>
internal sealed record CapturedCall(string Name, string Method, string Target, SortedDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Reads a line that <c>clients/aws-outbound.mjs</c> prints.</summary>
    public static CapturedCall Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var headers = root.GetProperty("headers").EnumerateObject().ToDictionary(h => h.Name.ToLowerInvariant(), h => h.Value.ToString());
        return new CapturedCall(
            root.GetProperty("call").GetString()!, root.GetProperty("method").GetString()!, root.GetProperty("target").GetString()!,
            new SortedDictionary<string, string>(headers, StringComparer.Ordinal), root.GetProperty("body").GetBytesFromBase64());
    }
}
