using Sluice.Core.Pricing;
using Sluice.Insights.PriceLists;
using Sluice.Testing;

namespace Sluice.Insights.Tests.PriceLists;

/// <summary>
/// Holds the book against the two third-party lists that it was reconciled from, each on the day of the list. Every
/// difference is listed here with its reason, and docs/prices.md tells users the same.
/// </summary>
public sealed class PriceSourcesTests
{
    private static readonly DateTimeOffset LiteLlmDay = new(2026, 8, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset ModelsDevDay = new(2026, 11, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void EveryPriceOfTheListOfAugustIsHeldOrItsDifferenceExplained() =>
        AssertDifferences("litellm_bedrock.json", LiteLlmDay, PriceSourceDifferences.LiteLlm, least: 1_000);

    [Fact]
    public void EveryPriceOfTheListOfNovemberIsHeldOrItsDifferenceExplained() =>
        AssertDifferences("modelsdev_bedrock.json", ModelsDevDay, PriceSourceDifferences.ModelsDev, least: 500);

    [Fact]
    public void EveryModelOfBothListsHasAPriceOrAReason()
    {
        var priced = PriceBook.Default.Rows.Select(r => r.Model).ToHashSet(StringComparer.Ordinal);
        var missing = Read("litellm_bedrock.json").Concat(Read("modelsdev_bedrock.json")).Select(p => p.Identity.Model).Distinct(StringComparer.Ordinal)
            .Where(id => PriceBook.Default.Models.Find(id) is not { } model || (model.Note is null && !priced.Contains(model.Id)));
        Assert.Empty(missing);
    }

    private static void AssertDifferences(string file, DateTimeOffset at, Dictionary<string, string> explained, int least)
    {
        var stated = Read(file);
        Assert.True(stated.Count >= least, $"only {stated.Count} prices were read");
        var differences = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var gap in PriceGap.Find(file, stated, PriceBook.Default, at))
        {
            var price = gap.Stated;
            differences[$"{price.Id} {price.KindName}{(price.ContextTokens > 0 ? "+" : "")}"] =
                $"list {price.UsdPerUnit * 1_000_000:0.######}, book {gap.BookUsdPerUnit * 1_000_000:0.######}";
        }
        var unexplained = differences.Where(d => !explained.Keys.Any(k => Covers(k, d.Key))).Select(d => $"{d.Key}: {d.Value}");
        var stale = explained.Keys.Where(k => !differences.Keys.Any(d => Covers(k, d)));
        string[] faults = [.. unexplained, .. stale.Select(s => $"{s}: explained, but there is no difference")];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    /// <summary>A reason is for one difference, or for all of an id.</summary>
    private static bool Covers(string reason, string difference) =>
        difference == reason || difference.StartsWith(reason + " ", StringComparison.Ordinal);

    private static IReadOnlyList<StatedPrice> Read(string file)
    {
        using var stream = File.OpenRead(SharedFolder.Path($"reference/prices/{file}"));
        return PriceListFile.Read(stream, file);
    }
}
