using System.Text.Json.Serialization;

namespace Sluice.Api;

/// <summary>The body of <c>/readyz</c>.</summary>
/// <param name="Unreachable">The upstreams that no attempt of late could connect to.</param>
internal sealed record ReadyAnswer(string Ledger, string? Message, int Pending, long Lost, long CorruptLines, string[] Unreachable);

[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(RoutesAnswer))]
[JsonSerializable(typeof(SemanticAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ApiJson : JsonSerializerContext;
