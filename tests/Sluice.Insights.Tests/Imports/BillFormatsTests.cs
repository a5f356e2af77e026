using Sluice.Insights.Imports;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Tests.Imports;

public sealed class BillFormatsTests
{
    [Fact]
    public void EverySourceHasANameAndAFormat() => Assert.All(Enum.GetValues<BillSource>(), source =>
    {
        Assert.True(BillSources.TryParse(source.Name(), out var read));
        Assert.Equal(source, read);
        Assert.True(TableFormat.All.Any(f => f.Source == source) || JsonFormat.All.Any(f => f.Source == source), source.Name());
    });

    [Fact]
    public void NoFormatIsListedTwice()
    {
        Assert.Distinct(TableFormat.All.Select(f => f.Source));
        Assert.Distinct(JsonFormat.All.Select(f => f.Source));
    }
}
