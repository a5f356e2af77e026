using System.Collections.Immutable;
using System.Text.Json;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>A tool that an answer calls.</summary>
/// <param name="Input">Its arguments; undefined where they are no JSON.</param>
public readonly record struct CalledTool(string Name, JsonElement Input);

/// <summary>A tool that the request offers.</summary>
/// <param name="Schema">What its arguments have to be; undefined where the request does not say.</param>
public readonly record struct OfferedTool(string Name, JsonElement Schema);

/// <summary>An answer with what it is an answer to, for checks to look at.</summary>
public sealed record CheckedAnswer
{
    /// <summary>All that the model says, without its thoughts and its calls of tools.</summary>
    public required string Text { get; init; }

    public ImmutableArray<CalledTool> Calls { get; init; } = [];

    /// <summary>Why the model stopped, as its dialect says it; null where it says nothing.</summary>
    public string? StopReason { get; init; }

    /// <summary>What the caller's user said.</summary>
    public required string Question { get; init; }

    public ImmutableArray<OfferedTool> Tools { get; init; } = [];
}
