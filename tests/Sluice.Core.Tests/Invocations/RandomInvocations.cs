using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Testing;

/// <summary>Random invocation records by seed: every state that a record can be in, few distinct callers and models, times within some days.</summary>
internal sealed class RandomInvocations(int seed, DateTimeOffset start, int days = 3)
{
    private static readonly string[] Apps = ["chat", "tickets", "extraction", "summaries"];
    private static readonly string[] Models = ["anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-lite-v1:0", "cohere.embed-english-v3"];
    private static readonly string[] Oddities = ["", "plain", "with \"quotes\" and \\", "line\nbreak\ttab\0nul", "Zürich €", "日本語", "😀 \u2028", "<script>&'+", "a very long one "];

    private readonly Random _random = new(seed);
    private int _count;

    /// <summary>The record as it stands before the request leaves, with one attempt under way.</summary>
    public InvocationRecord Intent()
    {
        var startedAt = start.AddTicks(_random.NextInt64(TimeSpan.TicksPerDay * days));
        var model = Pick(Models);
        var profile = Pick<string?>([null, "us", "global"]);
        var tags = ImmutableSortedDictionary<string, string>.Empty.Add("app", Pick(Apps));
        if (Chance(0.5))
            tags = tags.Add("team", Pick(["red", "blue"]));
        if (Chance(0.2))
            tags = tags.Add("project", Pick(Oddities));
        return new InvocationRecord
        {
            InvocationId = $"{seed}-{_count++:d6}",
            StartedAt = startedAt,
            KeyId = Chance(0.2) ? null : $"key-{_random.Next(3)}",
            Tags = tags,
            Operation = Pick(Enum.GetValues<Operation>()),
            Dialect = Pick(Enum.GetValues<Dialect>()),
            Streamed = Chance(0.5),
            RequestedModel = Chance(0.05) ? null : profile is null ? model : $"{profile}.{model}",
            ServedModel = Chance(0.05) ? null : model,
            Region = Chance(0.05) ? null : Pick(["eu-west-1", "us-east-1"]),
            Profile = profile,
            Scope = profile switch { null => Scope.InRegion, "global" => Scope.Global, _ => Scope.Geographic },
            Tier = Pick(Enum.GetValues<ServiceTier>()),
            LatencyOptimized = Chance(0.1),
            Control = Chance(0.1),
            RequestBytes = _random.Next(100_000),
            Attempts = [Attempt(1, startedAt) with { Outcome = Outcome.Interrupted, Status = null, RequestId = null, Error = null, Usage = null, Cost = null, TtftMs = null, DurationMs = null }],
        };
    }

    /// <summary>The final record of an intent.</summary>
    public InvocationRecord Close(InvocationRecord intent)
    {
        var usage = Chance(0.1) ? null : Usage();
        var costs = usage is null ? ImmutableSortedDictionary<UsageKind, Money>.Empty : Costs(usage);
        var priced = usage is not null && Chance(0.9);
        var cost = costs.Values.Aggregate(Money.Zero, (sum, next) => sum + next);
        return intent with
        {
            Usage = usage,
            Cost = priced ? cost : null,
            CostByKind = costs,
            PriceRows = [.. costs.Keys.Select(k => $"prices.csv:{(int)k + 2}")],
            Baseline = priced && Chance(0.9) ? cost + Dollars() : null,
            Decisions = Chance(0.2) ? [new Decision("cache", Dollars(), Pick(Oddities)), new Decision("route", -Dollars(), "why")] : [],
            Outcome = Pick([Outcome.Completed, Outcome.Completed, Outcome.Completed, Outcome.ClientAborted, Outcome.UpstreamError]),
            StopReason = Chance(0.5) ? "end_turn" : null,
            AnswerId = Chance(0.2) ? "resp_1" : null,
            AnswerPending = Chance(0.1),
            Error = Chance(0.1) ? Pick(Oddities) : null,
            Attempts = [.. Enumerable.Range(1, _random.Next(1, 4)).Select(n => Attempt(n, intent.StartedAt))],
            TtftMs = Chance(0.5) ? _random.NextDouble() * 2000 : null,
            DurationMs = _random.NextDouble() * 1e6,
            ReplyBytes = _random.Next(1_000_000),
        };
    }

    public InvocationRecord Closed() => Close(Intent());

    public bool Chance(double share) => _random.NextDouble() < share;

    public int Below(int bound) => _random.Next(bound);

    private AttemptRecord Attempt(int number, DateTimeOffset startedAt) => new()
    {
        Number = number,
        StartedAt = startedAt.AddMilliseconds(number),
        Upstream = "aws",
        Model = Pick(Models),
        Outcome = Pick(Enum.GetValues<Outcome>()),
        Status = Chance(0.2) ? null : Pick([200, 429, 500]),
        RequestId = Chance(0.1) ? null : $"{seed}-request-{_count}-{number}",
        Error = Chance(0.2) ? "ThrottlingException" : null,
        Usage = Chance(0.2) ? null : Usage(),
        Cost = Chance(0.2) ? null : Dollars(),
        CostUnknown = Chance(0.1) ? "the reply does not tell what it used" : null,
        UsageSuspect = Chance(0.1) ? SuspectUsage.TotalMismatch : null,
        TtftMs = Chance(0.2) ? null : _random.NextDouble() * 1000,
        DurationMs = Chance(0.2) ? null : _random.Next(),
    };

    private Usage Usage()
    {
        var usage = new Usage
        {
            Input = Tokens(),
            CacheRead = Chance(0.5) ? Tokens() : 0,
            CacheWrite5m = Chance(0.3) ? Tokens() : 0,
            CacheWrite1h = Chance(0.2) ? Tokens() : 0,
            Output = Tokens(),
            Source = Chance(0.1) ? UsageSource.Estimated : UsageSource.Measured,
        };
        return Chance(0.2)
            ? usage with { Units = [new(UsageKind.OutputImage, _random.Next(1, 5)), new(UsageKind.InputVideoSecond, _random.Next(1, 100_000) / 1000m)] }
            : usage;
    }

    private ImmutableSortedDictionary<UsageKind, Money> Costs(Usage usage) => UsageKinds.All
        .Where(k => usage.Count(k) != 0)
        .ToImmutableSortedDictionary(k => k, _ => Dollars());

    private long Tokens() => Chance(0.05) ? _random.NextInt64(1_000_000_000) : _random.Next(200_000);

    /// <summary>Amounts of every size that the twelve decimals can hold, and a few that only a wrong price gives.</summary>
    private Money Dollars() => _random.Next(10) switch
    {
        0 => Money.Zero,
        1 => Money.FromPicoUsd(_random.Next(1000)),
        2 => Money.FromUsd(_random.Next(1_000_000)),
        3 => Money.FromUsd(_random.Next(10_000_000, int.MaxValue) + (_random.Next() / 1e10m)),
        _ => Money.FromPicoUsd(_random.NextInt64(1_000_000_000_000)),
    };

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
