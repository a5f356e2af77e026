using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Sluice.Gateway.Levers.Planning;

/// <summary>The calls that an exception is for. What is null matches every call; <c>*</c> in a pattern stands for any run of characters.</summary>
public sealed record LeverScope
{
    public string? App { get; init; }

    public string? Task { get; init; }

    public string? KeyId { get; init; }

    public string? Models { get; init; }

    public bool Matches(ImmutableSortedDictionary<string, string> tags, string? keyId, string? model) =>
        Fits(App, tags.GetValueOrDefault("app")) && Fits(Task, tags.GetValueOrDefault("task")) && Fits(KeyId, keyId) && Fits(Models, model);

    private static bool Fits(string? pattern, string? value) =>
        pattern is null || (value is not null && FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: true));
}

/// <summary>What the owner says of the levers: for all calls, and for those that an exception names. The first exception that fits holds.</summary>
public sealed record LeverSettings
{
    public LeverOptions Default { get; init; } = new();

    public IReadOnlyList<(LeverScope Scope, LeverOptions Options)> Exceptions { get; init; } = [];

    /// <summary>The share of conversations, from 0 to 1, that levers leave alone so that savings can be measured against them.</summary>
    public double ControlShare { get; init; } = 0.02;

    /// <summary>
    /// The share of conversations, for each lever, that do without that one lever alone, so that it can be measured by itself.
    /// Default 0: the control group measures all levers together.
    /// </summary>
    public double HoldBackShare { get; init; }

    /// <summary>Draws the control group; another seed draws another group.</summary>
    public ulong ControlSeed { get; init; }

    /// <summary>No call can meet a lever, so none needs to be looked at.</summary>
    public bool IsOff => Default.IsOff && Exceptions.All(e => e.Options.IsOff);

    /// <summary>What is said for any call: the default and the exceptions.</summary>
    public IEnumerable<LeverOptions> All => [Default, .. Exceptions.Select(e => e.Options)];

    public LeverOptions For(ImmutableSortedDictionary<string, string> tags, string? keyId, string? model)
    {
        foreach (var (scope, options) in Exceptions)
        {
            if (scope.Matches(tags, keyId, model))
                return options;
        }
        return Default;
    }
}
