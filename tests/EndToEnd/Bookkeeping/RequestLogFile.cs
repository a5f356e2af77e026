using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Simulator;

namespace EndToEnd.Bookkeeping;

/// <summary>The file that <c>sluice simulate --log</c> writes: a JSON line for each request that arrived.</summary>
internal static class RequestLogFile
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static async Task<IReadOnlyList<SimulatedRequest>> ReadAsync(string path) =>
        [.. (await File.ReadAllLinesAsync(path)).Select(line => JsonSerializer.Deserialize<SimulatedRequest>(line, Options)!)];
}
