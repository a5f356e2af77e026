using System.Collections.Immutable;
using System.IO.Enumeration;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Stages.Limiting;

/// <summary>How much callers may ask of the upstreams. Counted by this process alone.</summary>
public sealed record LimitOptions
{
    /// <summary>All that a call meets hold together.</summary>
    public ImmutableArray<LimitRule> Rules { get; init; } = [];

    /// <summary>The first that a call meets is the one that it shares with others.</summary>
    public ImmutableArray<QuotaRule> Quotas { get; init; } = [];

    public bool IsEmpty => Rules.IsEmpty && Quotas.IsEmpty;
}

/// <summary>Whose calls are counted together: those that are alike in all that is named.</summary>
[Flags]
public enum LimitPer
{
    /// <summary>All calls.</summary>
    All = 0,
    Key = 1,
    App = 2,
    Team = 4,
    Model = 8,
}

/// <summary>A limit of the owner's own; a call beyond it is refused at once.</summary>
public sealed record LimitRule
{
    /// <summary>What refusals, metrics and alerts call it; no other has it.</summary>
    public required string Name { get; init; }

    public LimitPer Per { get; init; } = LimitPer.Key;

    /// <summary>The calls that it is for.</summary>
    public LeverScope Scope { get; init; } = new();

    /// <summary>A pattern of teams; null for all.</summary>
    public string? Team { get; init; }

    public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens as AWS counts them for its quotas; see <see cref="QuotaTokens"/>.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Attempts whose reply has not ended.</summary>
    public int? Concurrency { get; init; }

    public bool Matches(Invocation invocation) =>
        Scope.Matches(invocation.Tags, invocation.Caller.KeyId, invocation.Request.Model?.Raw)
        && (Team is null || (invocation.Tags.TryGetValue("team", out var team) && FileSystemName.MatchesSimpleExpression(Team, team, ignoreCase: true)));
}

/// <summary>What AWS allows an account of one model, shared among callers; those that it has no room for now wait in turn.</summary>
public sealed record QuotaRule
{
    /// <summary>What refusals, metrics and alerts call it; no other has it.</summary>
    public required string Name { get; init; }

    /// <summary>A pattern of model identifiers as they leave; all that match draw on this one quota.</summary>
    public required string Models { get; init; }

    /// <summary>The upstream whose account it is; null for any.</summary>
    public string? Upstream { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    /// <summary>Who takes turns: <see cref="LimitPer.Key"/>, <see cref="LimitPer.App"/> or <see cref="LimitPer.Team"/>.</summary>
    public LimitPer ShareBy { get; init; } = LimitPer.Key;

    /// <summary>The weight of each that is not 1, from 1 to 1,000.</summary>
    public ImmutableDictionary<string, int> Shares { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>The longest that a call waits for its turn. Zero refuses at once.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls that may wait at once, of all callers together.</summary>
    public int MaxQueue { get; init; } = 100;

    public bool Matches(Invocation invocation) =>
        invocation.Request.Model is { } model && FileSystemName.MatchesSimpleExpression(Models, model.Raw, ignoreCase: true)
        && (Upstream is null || Upstream == invocation.Upstream.Name);
}
