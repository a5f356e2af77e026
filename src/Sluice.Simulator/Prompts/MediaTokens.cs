using System.Text.Json;

namespace Sluice.Simulator.Prompts;

/// <summary>Fixed token counts for what is not text. Real models count by pixels, pages and seconds.</summary>
internal static class MediaTokens
{
    /// <summary>About what Claude counts for a picture of 1,092 x 1,092 pixels (width times height over 750).</summary>
    public const int Image = 1_590;

    public const int Audio = 750;

    public const int Video = 3_000;

    /// <summary>What a chat template adds for each message: who speaks, and where it ends.</summary>
    public const int Message = 4;

    /// <summary>What a tool use or a tool result adds around its JSON.</summary>
    public const int ToolFrame = 8;

    /// <summary>A document of bytes, by their number: four of the base64's three-byte groups to a token.</summary>
    public static int Document(JsonElement base64) =>
        base64.ValueKind == JsonValueKind.String ? base64.ReadUtf8(text => text.Length / 16) + 1 : 1;
}
