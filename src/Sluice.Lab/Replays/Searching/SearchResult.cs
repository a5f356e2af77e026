using Sluice.Core;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Lab.Replays.Searching;

/// <summary>The least that the recording would cost with so much given up.</summary>
/// <param name="GivesUp">This and all before it.</param>
public sealed record FrontierPoint(GivenUp GivesUp, Money Cost, IReadOnlyDictionary<string, LeverOptions> Options);

/// <summary>The best setting of one app.</summary>
/// <param name="App">Empty for calls without the tag.</param>
/// <param name="Options">Every lever that is off here does not pay here.</param>
/// <param name="Old">What its calls cost as they were.</param>
/// <param name="New">What they are expected to cost.</param>
public sealed record AppSetting(string App, long Calls, Money Old, Money New, LeverOptions Options);

/// <summary>What the search found.</summary>
public sealed record SearchResult
{
    public required long Calls { get; init; }

    /// <summary>Calls whose cost is not known; they had no say.</summary>
    public required long UnknownCalls { get; init; }

    /// <summary>As recorded.</summary>
    public required Money Old { get; init; }

    /// <summary>From what gives up least to what gives up most; the cost never rises.</summary>
    public required IReadOnlyList<FrontierPoint> Frontier { get; init; }

    /// <summary>The most that the owner gives up.</summary>
    public required GivenUp Allowed { get; init; }

    /// <summary>The best within what is allowed.</summary>
    public required IReadOnlyList<AppSetting> Apps { get; init; }

    /// <summary>Replays that it took.</summary>
    public required int Passes { get; init; }
}
