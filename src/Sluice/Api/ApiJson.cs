using System.Text.Json.Serialization;

namespace Sluice.Api;

/// <summary>The body of <c>/readyz</c>.</summary>
internal sealed record ReadyAnswer(string Ledger, string? Message, int Pending, long Lost, long CorruptLines);

[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(RoutesAnswer))]
[JsonSerializable(typeof(SemanticAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ApiJson : JsonSerializerContext;
