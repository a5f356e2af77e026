using Sluice.Core.Metering;
using Sluice.Simulator.Dialects.OpenAi;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Replies;

internal enum StopReason
{
    EndTurn,
    MaxTokens,
    StopSequence,
    ToolUse,
    GuardrailIntervened,
}

/// <summary>A call of one of the caller's tools; the input is a JSON object as UTF-8.</summary>
internal sealed record ToolCall(string Name, ReadOnlyMemory<byte> Input);

/// <summary>What a model answered, before any dialect gives it a shape.</summary>
internal sealed record Reply
{
    public required BedrockModel Model { get; init; }

    public required Prompt Prompt { get; init; }

    /// <summary>For ids and padding; it has no say in the text.</summary>
    public required Dice Dice { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>UTF-8; empty where the answer is a tool use, or is cut before its first token.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    public int TextTokens { get; init; }

    /// <summary>What the model thought aloud; empty where it wasn't asked to.</summary>
    public ReadOnlyMemory<byte> Thinking { get; init; }

    public ToolCall? Tool { get; init; }

    public StopReason Stop { get; init; }

    /// <summary>The sequence that ended the text, or null.</summary>
    public string? StopSequence { get; init; }

    /// <summary>The five counts and the units, as they will be billed.</summary>
    public Usage Usage { get; init; } = Usage.None;

    public long LatencyMs { get; init; }

    public long FirstByteMs { get; init; }

    /// <summary>Whether the stream's last chunk reports Bedrock's own metrics, as InvokeModel's does.</summary>
    public bool ReportsMetrics { get; init; }

    /// <summary>Output tokens in one frame of the stream.</summary>
    public int TokensPerFrame { get; init; } = 4;

    /// <summary>The model as the caller named it.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>Which service tier the caller asked for, or null.</summary>
    public string? Tier { get; init; }

    /// <summary>Whether the caller asked for optimised latency; null where the request doesn't say.</summary>
    public string? Latency { get; init; }

    /// <summary>The ARN of the model that a prompt router chose, or null.</summary>
    public string? RoutedArn { get; init; }

    /// <summary>Output tokens that were thought and not shown.</summary>
    public int HiddenReasoning { get; init; }

    /// <summary>Searches of the web that the model made.</summary>
    public int WebSearches { get; init; }

    /// <summary>Whether Converse's input count holds the cached tokens too.</summary>
    public bool GrossInput { get; init; }

    /// <summary>The identifiers of a response that may be asked for again; null where a dialect has none.</summary>
    public ResponseIds? Ids { get; init; }

    /// <summary>What a guardrail made of prompt and answer, or null where none was asked for.</summary>
    public Guardrails.GuardrailTrace? Guardrail { get; init; }
}
