using Sluice.Configuration;
using Sluice.Gateway.Levers.Watching;

namespace Sluice.Tests.Configuration;

public sealed class WatchReaderTests
{
    [Fact]
    public void OnePercentIsWatchedUnlessTheOwnerSaysOtherwise()
    {
        Assert.Equal((0.01, 0.05, null), (Read("").Default.Share, Read("").Default.Margin, Read("").Default.Checks));
        Assert.Equal(0.01, Read("quality_watch: on").Default.Share);
        Assert.Equal(0, Read("quality_watch: off").Default.Share);
    }

    [Fact]
    public void AnEntrySaysWhatIsDifferentForItsCalls()
    {
        var options = Read(
            """
            quality_watch:
              share: 0.02
              margin: 0.03
              in_flight: 4
              judge: us.amazon.nova-pro-v1:0
              tasks:
                - { app: support, task: triage, share: 0.1, checks: { one_of: [yes, no], truncated: no } }
                - { task: drafts*, margin: 0.1, judge_points: 5 }
            """);

        Assert.Equal((0.02, 0.03, 4, "us.amazon.nova-pro-v1:0"), (options.Default.Share, options.Default.Margin, options.MaxInFlight, options.Default.Judge?.Raw));
        var (triage, drafts) = (options.Tasks[0], options.Tasks[1]);
        Assert.Equal(("support", "triage", 0.1, 0.03), (triage.Scope.App, triage.Scope.Task, triage.Share, triage.Margin));
        Assert.Equal(["refusal", "one_of"], triage.Checks!.Value.Select(c => c.Name));
        Assert.Equal(("drafts*", 0.02, 0.1, 5, "us.amazon.nova-pro-v1:0"), (drafts.Scope.Task, drafts.Share, drafts.Margin, drafts.JudgePoints, drafts.Judge?.Raw));
    }

    [Theory]
    [InlineData("quality_watch: { share: 1.5 }", "quality_watch.share")]
    [InlineData("quality_watch: { margin: -1 }", "quality_watch.margin")]
    [InlineData("quality_watch: { in_flight: 0 }", "quality_watch.in_flight")]
    [InlineData("quality_watch: { shares: 1 }", "is not a setting")]
    [InlineData("quality_watch: { tasks: [ { share: 0.1 } ] }", "at least one says which calls")]
    [InlineData("quality_watch: sometimes", "true or false")]
    public void MistakesAreNamed(string yaml, string part) =>
        Assert.Contains(part, Assert.Throws<ConfigurationException>(() => Read(yaml)).Message, StringComparison.Ordinal);

    private static WatchOptions Read(string yaml) => OptionsReader.Read(yaml, "sluice.yaml").Watch;
}
