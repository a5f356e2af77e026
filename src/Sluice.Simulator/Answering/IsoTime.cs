using System.Globalization;

namespace Sluice.Simulator.Answering;

/// <summary>Times in Bedrock's JSON bodies are ISO 8601, not epoch seconds.</summary>
internal static class IsoTime
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
