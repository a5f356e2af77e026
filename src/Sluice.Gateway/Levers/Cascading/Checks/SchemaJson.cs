using System.Text.Json.Serialization;

namespace Sluice.Gateway.Levers.Cascading.Checks;

[JsonSerializable(typeof(string))]
internal sealed partial class SchemaJson : JsonSerializerContext;
