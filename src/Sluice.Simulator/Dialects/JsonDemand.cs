using System.Runtime.InteropServices;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Dialects;

/// <summary>A prompt that speaks of JSON, in its last question or its system text, is taken to want JSON.</summary>
internal static class JsonDemand
{
    public static void Detect(Prompt prompt)
    {
        if (prompt.Demand != Demand.Text)
            return;
        var asks = prompt.LastUserText is { } question && Mentions(JsonMarshal.GetRawUtf8Value(question));
        foreach (var segment in prompt.Segments)
            asks = asks || (segment.Section == Section.System && Mentions(JsonMarshal.GetRawUtf8Value(segment.Content)));
        if (asks)
            prompt.Demand = Demand.Json;
    }

    private static bool Mentions(ReadOnlySpan<byte> text) => text.IndexOf("JSON"u8) >= 0 || text.IndexOf(" json"u8) >= 0;
}
