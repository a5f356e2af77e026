using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sluice.Gateway.Levers.Output;

[JsonSerializable(typeof(ImmutableArray<string>))]
internal sealed partial class OutputJson : JsonSerializerContext;
