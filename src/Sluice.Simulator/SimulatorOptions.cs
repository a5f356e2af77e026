using System.Collections.Immutable;
using Sluice.Core.Pricing;

namespace Sluice.Simulator;

/// <summary>An access key that the simulator takes, and whom the bill charges for what it does.</summary>
/// <param name="AccessKeyId">Such as <c>AKIDEXAMPLE</c>.</param>
/// <param name="SecretAccessKey">What signatures are verified with.</param>
public sealed record SimulatedCredential(string AccessKeyId, string SecretAccessKey)
{
    /// <summary>Null for <see cref="SimulatorOptions.AccountId"/>.</summary>
    public string? AccountId { get; init; }

    /// <summary>The caller's ARN on the bill; null for a user named after the key.</summary>
    public string? PrincipalArn { get; init; }
}

/// <summary>An application inference profile.</summary>
/// <param name="Id">The last part of its ARN, such as <c>a1b2c3d4e5f6</c>.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="CopyFrom">The model or system profile behind it, by id or ARN: <c>us.amazon.nova-lite-v1:0</c>.</param>
public sealed record SimulatedProfile(string Id, string Name, string CopyFrom)
{
    /// <summary>Cost-allocation tags, which the bill shows as <c>resource_tags</c>.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Which policies a guardrail has, and what makes it step in. A guardrail that isn't configured has the defaults.</summary>
public sealed record SimulatedGuardrail
{
    public bool Content { get; init; } = true;

    public bool Topics { get; init; } = true;

    public bool Words { get; init; } = true;

    public bool SensitiveInformation { get; init; } = true;

    public bool Grounding { get; init; }

    /// <summary>A text that holds one of these is blocked; compared without regard to case.</summary>
    public ImmutableArray<string> BlockedPhrases { get; init; } = ["sluice-blocked-phrase"];

    public string BlockedMessage { get; init; } = "Sorry, the model cannot answer this question.";
}

/// <summary>How the simulator behaves. The defaults are instant, free of faults and open to every caller.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where to listen. Port 0 takes a free one. Each serves HTTP/1.1 and HTTP/2 by prior knowledge, as the SDKs use them.</summary>
    public ImmutableArray<string> Urls { get; init; } = ["http://127.0.0.1:0"];

    /// <summary>
    /// The same seed and the same sequence of requests give the same replies, ids and faults. Null gives the replies of
    /// seed 1, and ids and faults that no other start has: AWS never gives a request id twice, and a ledger relies on that.
    /// </summary>
    public int? Seed { get; init; } = DefaultSeed;

    internal const int DefaultSeed = 1;

    /// <summary>What latencies are multiplied with: 0 for none at all, 1 for those of real models.</summary>
    public double Speed { get; init; }

    /// <summary>Output tokens in one frame of a stream.</summary>
    public int TokensPerFrame { get; init; } = 4;

    /// <summary>The middle length of generated replies, in tokens.</summary>
    public int ReplyTokens { get; init; } = 120;

    /// <summary>JSON lines <c>{"prompt":..., "outputs":{modelId: text}}</c>, plain or gzip; null for generated replies only.</summary>
    public string? RecordingsPath { get; init; }

    /// <summary>Where each request is logged as one JSON line, appended; null for memory only.</summary>
    public string? LogPath { get; init; }

    /// <summary>Where the bill is kept as a CUR 2.0 CSV; null for memory only.</summary>
    public string? BillPath { get; init; }

    /// <summary>How many requests the log in memory holds; the oldest go first. The bill always counts all.</summary>
    public int LogCapacity { get; init; } = 10_000;

    public string AccountId { get; init; } = "123456789012";

    /// <summary>The region of a request that names none, by its signature, its host or an ARN.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Where any are given, or <see cref="BearerTokens"/>, every request has to prove one, and SigV4 is verified for real.</summary>
    public ImmutableArray<SimulatedCredential> Credentials { get; init; } = [];

    /// <summary>The Bedrock API keys that are taken; see <see cref="Credentials"/>.</summary>
    public ImmutableArray<string> BearerTokens { get; init; } = [];

    public ImmutableArray<SimulatedProfile> InferenceProfiles { get; init; } = [];

    /// <summary>ARNs of provisioned, imported and custom models, each with the base model that answers for it.</summary>
    public ImmutableDictionary<string, string> CustomModels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>By id; others have the defaults of <see cref="SimulatedGuardrail"/>.</summary>
    public ImmutableDictionary<string, SimulatedGuardrail> Guardrails { get; init; } = ImmutableDictionary<string, SimulatedGuardrail>.Empty;

    /// <summary>Tokens a minute for each account and model; null for no quota.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests a minute for each account and embedding model; null for no quota.</summary>
    public int? EmbeddingRequestsPerMinute { get; init; }

    /// <summary>Checkpoints that the prompt caches hold together; those that would expire first go first.</summary>
    public int MaxCachedPrefixes { get; init; } = 100_000;

    /// <summary>Faults by chance; the header <c>x-simulator-fault</c> asks for one in particular.</summary>
    public FaultRates Faults { get; init; } = FaultRates.None;

    /// <summary>How long a stalled reply hangs before the connection is cut.</summary>
    public TimeSpan StallFor { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What the bill is priced from; null for the book that ships with Sluice.</summary>
    public PriceBook? Prices { get; init; }
}
