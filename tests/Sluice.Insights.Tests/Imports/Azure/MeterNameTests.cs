using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Azure;

namespace Sluice.Insights.Tests.Imports.Azure;

public sealed class MeterNameTests
{
    /// <summary>The first three are meters of Azure's price list, the others combine their words.</summary>
    [Theory]
    [InlineData("GPT 5 outpt Glbl 1M Tokens", "GPT 5", UsageKind.Output, "global", ServiceTier.Default, false)]
    [InlineData("5.1 codex opt Gl 1M Tokens", "5.1 codex", UsageKind.Output, "global", ServiceTier.Default, false)]
    [InlineData("5 mini pp Inp Gl 1M Tokens", "5 mini", UsageKind.Input, "global", ServiceTier.Priority, false)]
    [InlineData("gpt 4o cchd Inp Regnl Tokens", "gpt 4o", UsageKind.CacheRead, "regional", ServiceTier.Default, false)]
    [InlineData("gpt-4o-mini Batch Outp DZone Tokens", "gpt 4o mini", UsageKind.Output, "regional", ServiceTier.Default, true)]
    [InlineData("Provisioned Managed Global Unit", "Provisioned Managed Unit", null, "global", ServiceTier.Default, false)]
    public void WordsAreReadInAnySpelling(string meter, string model, UsageKind? kind, string scope, ServiceTier tier, bool isBatch)
    {
        var name = MeterName.Parse(meter);

        Assert.Equal((model, kind, scope, tier, isBatch), (name.Model, name.Kind, name.Scope, name.Tier, name.IsBatch));
    }
}
