using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Commands.Price;

/// <summary>The JSON of the price commands: snake_case names, money as decimal text, null where something isn't known.</summary>
[JsonSerializable(typeof(PriceAnswer))]
[JsonSerializable(typeof(ComparedCost[]))]
[JsonSerializable(typeof(ListedPrice[]))]
[JsonSerializable(typeof(ListedModel[]))]
[JsonSerializable(typeof(MissingPrice[]))]
internal sealed partial class PriceJson : JsonSerializerContext
{
    /// <summary>Indented, and with quotation marks left readable: the output goes to a terminal or a script, not into a web page.</summary>
    public static PriceJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
