using Sluice.Commands.Allocate;
using Sluice.Configuration;
using Sluice.Insights.Allocating;

namespace Sluice.Tests.Commands.Allocate;

public sealed class AllocationReaderTests
{
    [Fact]
    public void ReadsRulesAndSplits()
    {
        var plan = AllocationReader.Read("""
            allocation:
              tags: [cost-center]
              rules:
                - name: research models
                  when: { model: "anthropic.claude-opus-*", account: ["1111*", "2222*"], tag: { app: chat } }
                  to: research
                - when: { usage_type: "*Guardrail*" }
                  split: evenly
                  among: [blue, red]
                  tagged: true
                - split: { blue: 60, red: 40% }
            """, "allocation.yaml", "team");
        Assert.Equal(["team", "cost-center", "app"], plan.TagNames);
        Assert.Equal(["model", "account", "tag:app"], plan.Rules[0].Conditions.Select(c => c.Field));
        Assert.Equal(("research", "rule 2", SplitBy.Evenly, true), (plan.Rules[0].To, plan.Rules[1].Name, plan.Rules[1].Split, plan.Rules[1].IncludesTagged));
        Assert.Equal((60m, 40m), (plan.Rules[2].Shares["blue"], plan.Rules[2].Shares["red"]));
    }

    [Theory]
    [InlineData("rules: []", "must begin with 'allocation:'")]
    [InlineData("allocation:\n  rules:\n    - { when: { colour: red }, to: a }", "colour is not a setting")]
    [InlineData("allocation:\n  rules:\n    - { when: { model: a } }", "must have one of the two")]
    [InlineData("allocation:\n  rules:\n    - { to: a, split: usage }", "must have one of the two")]
    [InlineData("allocation:\n  rules:\n    - { split: fairly }", "it must be one of usage, tokens, evenly")]
    [InlineData("allocation:\n  rules:\n    - { split: { a: 0 } }", "has no share above 0")]
    [InlineData("allocation:\n  rules:\n    - { split: { a: much } }", "a share must be a number")]
    [InlineData("allocation:\n  rules:\n    - { to: a, among: [b] }", "has no meaning here")]
    public void NamesEveryMistake(string yaml, string part)
    {
        var error = Assert.Throws<ConfigurationException>(() => AllocationReader.Read(yaml, "allocation.yaml", "team"));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
