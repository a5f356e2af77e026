using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Commands.Levers;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Marking.Drift;
using Sluice.Output;

namespace Sluice.Tests.Commands.Levers;

public sealed class MarkingListingTests
{
    private static readonly string[] By = MarkingListing.Dimensions(null);

    [Fact]
    public void GroupsAreByAppTaskAndModelWithStableColumns()
    {
        var text = new StringWriter();
        MarkingListing.OfLedger(By, MarkingListing.Groups(By, [Call("shop", "chat"), Call("shop", "chat"), Call("", "")])).Write(text, OutputFormat.Csv);

        var lines = text.ToString().TrimEnd().Split('\n');
        Assert.Equal(
            "app,task,model,calls,marked_calls,unknown_calls,input_tokens,read_tokens,hit_percent,write_tokens,wasted_tokens_at_least,premium_usd,wasted_usd_at_least,net_saving_usd,verdict,reason",
            lines[0]);
        Assert.StartsWith(",,anthropic.claude-sonnet-4-5-20250929-v1:0,1,1,0,1100,900,81.82,100,0,0.000075,0,0.002355,too early,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("shop,chat,anthropic.claude-sonnet-4-5-20250929-v1:0,2,2,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void TheTableForPeopleFitsATerminal()
    {
        var text = new StringWriter();
        MarkingListing.ForPeople(By, MarkingListing.Groups(By, [Call("shop", "chat")])).Write(text, OutputFormat.Table);

        Assert.All(text.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 100));
        Assert.Contains("claude-", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AdviceIsJsonWithMoneyAsTextAndSaysThatItIsEstimated()
    {
        var text = new StringWriter();
        MarkingListing.Advice([new PrefixAdvice
        {
            Partition = new CachePartition("key-1", "shop", "model", "aws/eu-west-1", "eu"),
            Kinds = DriftKinds.Time | DriftKinds.Uuid,
            Where = "system[0]",
            FromByte = 19,
            ToByte = 43,
            Calls = 200,
            Tokens = 300_000,
            MonthlyCost = Money.FromUsd(583.2m),
            FirstSeen = DateTimeOffset.UnixEpoch,
            LastSeen = DateTimeOffset.UnixEpoch.AddHours(1),
        }]).Write(text, OutputFormat.Json);

        var row = JsonDocument.Parse(text.ToString()).RootElement[0];
        Assert.Equal(("time+uuid", "583.2", true), (row.GetProperty("kind").GetString(), row.GetProperty("monthly_usd").GetString(), row.GetProperty("is_estimated").GetBoolean()));
        Assert.Equal("1970-01-01T01:00:00Z", row.GetProperty("last_seen").GetString());
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
