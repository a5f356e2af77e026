using System.Text.Json.Serialization;

namespace Sluice.Gateway.Keys;

[JsonSerializable(typeof(SluiceKey[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class KeyFileJson : JsonSerializerContext;
