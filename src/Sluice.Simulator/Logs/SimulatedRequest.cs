using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Simulator;

/// <summary>How a request ended for the simulator.</summary>
public enum SimulatedOutcome
{
    /// <summary>The whole reply was sent.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,
    /// <summary>Turned down for a quota or by a fault, with status 429.</summary>
    [JsonStringEnumMemberName("throttled")]
    Throttled,
    /// <summary>Any other error before the reply began.</summary>
    [JsonStringEnumMemberName("error")]
    Error,
    /// <summary>The simulator cut the reply, by a fault or because it was stopped.</summary>
    [JsonStringEnumMemberName("cut")]
    Cut,
    /// <summary>The reply stalled, by a fault.</summary>
    [JsonStringEnumMemberName("stalled")]
    Stalled,
    /// <summary>A frame was damaged, by a fault.</summary>
    [JsonStringEnumMemberName("corrupted")]
    Corrupted,
    /// <summary>The stream ended with an exception, by a fault.</summary>
    [JsonStringEnumMemberName("stream_error")]
    StreamError,
    /// <summary>The client went away before it had the whole reply; billed in full, as AWS bills what was generated.</summary>
    [JsonStringEnumMemberName("client_gone")]
    ClientGone,
    /// <summary>The client went away before it had sent its whole request.</summary>
    [JsonStringEnumMemberName("incomplete_request")]
    IncompleteRequest,
}

/// <summary>One line of the request log.</summary>
public sealed record SimulatedRequest
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the reply said in <c>x-amzn-requestid</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>The caller's <c>amz-sdk-invocation-id</c>, or null.</summary>
    public string? SdkInvocationId { get; init; }

    public required string Operation { get; init; }

    /// <summary>The identifier as it was sent, or null for an operation without a model.</summary>
    public string? Model { get; init; }

    public string? BaseModel { get; init; }

    /// <summary>The profile prefix that decided the price, or null.</summary>
    public string? Profile { get; init; }

    public required string Region { get; init; }

    public required string Tier { get; init; }

    /// <summary>Always false: batch jobs don't come by this door.</summary>
    public bool Batch { get; init; }

    public bool LatencyOptimized { get; init; }

    /// <summary>The HTTP status; 0 where no reply began.</summary>
    public int Status { get; init; }

    public required SimulatedOutcome Outcome { get; init; }

    /// <summary>The exception's name, or null.</summary>
    public string? Error { get; init; }

    public bool Billed { get; init; }

    /// <summary>The five counts are those of the whole reply, as billed; all 0 where the call failed.</summary>
    public long Input { get; init; }

    public long CacheRead { get; init; }

    [JsonPropertyName("cache_write_5m")]
    public long CacheWrite5m { get; init; }

    [JsonPropertyName("cache_write_1h")]
    public long CacheWrite1h { get; init; }

    public long Output { get; init; }

    /// <summary>Units of other kinds by their stable names, such as <c>search_unit</c>.</summary>
    public ImmutableSortedDictionary<string, decimal> Units { get; init; } = ImmutableSortedDictionary<string, decimal>.Empty;

    public bool Streamed { get; init; }

    /// <summary>The JSON of one line of the log, without its line break.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SimulatedRequestJson.Default.SimulatedRequest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SimulatedRequest))]
internal sealed partial class SimulatedRequestJson : JsonSerializerContext;
