using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Reports.Saving;

namespace Sluice.Tests.Reports.Saving;

public sealed class MarkingGroupsTests
{
    [Fact]
    public void GroupsAreByWhatIsAskedAndCallsWithoutATagAreTogether()
    {
        var groups = MarkingGroups.Of(["app", "task", "model"], [Call("shop", "chat"), Call("shop", "chat"), Call("", "")]);

        Assert.Equal([",,anthropic.claude-sonnet-4-5-20250929-v1:0", "shop,chat,anthropic.claude-sonnet-4-5-20250929-v1:0"], groups.Select(g => string.Join(',', g.Values)));
        var (first, second) = (groups[0].Tally, groups[1].Tally);
        Assert.Equal((1L, 2L), (first.Calls, second.Calls));
        Assert.Equal((1100L, 900L, 100L), (first.InputTokens, first.ReadTokens, first.WriteTokens));
        Assert.Equal((0.000075m, 0.002355m), (first.Premium.Usd, first.NetSaving.Usd));
    }

    private static InvocationRecord Call(string app, string task) => new()
    {
        InvocationId = "i",
        StartedAt = DateTimeOffset.UnixEpoch,
        Operation = Operation.Converse,
        ServedModel = "anthropic.claude-sonnet-4-5-20250929-v1:0",
        Tags = app.Length == 0 ? ImmutableSortedDictionary<string, string>.Empty : ImmutableSortedDictionary<string, string>.Empty.Add("app", app).Add("task", task),
        Usage = new Usage { Input = 100, CacheRead = 900, CacheWrite5m = 100, Output = 1 },
        CostByKind = ImmutableSortedDictionary<UsageKind, Money>.Empty.Add(UsageKind.Input, Money.FromUsd(0.0003m)).Add(UsageKind.CacheWrite5m, Money.FromUsd(0.000375m)),
        Decisions = [new Decision("mark", Money.FromUsd(0.002355m), "why")],
    };
}
