using System.Collections.Immutable;
using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>
/// What a model costs in a service tier or in batch, as a multiple of its on-demand price. It stands in for a row for each
/// region, profile and kind; a row of the price file that is for the tier itself comes before it.
/// </summary>
internal sealed record TierRule(
    string Id, string Model, ServiceTier Tier, bool Batch, ImmutableArray<UsageKind> Kinds, decimal Multiplier,
    DateOnly From, DateOnly? Until, string Source, DateOnly SourceDate)
{
    public bool HoldsOn(DateOnly day) => From <= day && (Until is not { } until || day < until);

    public PriceRow Apply(PriceRow row) => row with
    {
        Id = $"{row.Id} x {Id}",
        Tier = Tier,
        Batch = Batch,
        Usd = row.Usd * Multiplier,
        From = row.From > From ? row.From : From,
        Until = (row.Until, Until) switch { (null, _) => Until, (_, null) => row.Until, var (a, b) => a < b ? a : b },
        Source = row.Source == Source ? Source : $"{row.Source}, {Source}",
        SourceDate = row.SourceDate < SourceDate ? row.SourceDate : SourceDate,
        Note = $"{Multiplier} x {row.Usd} on demand",
    };

    public static ImmutableArray<TierRule> Read(TextReader csv, string name, List<PriceFileError> errors)
    {
        var rules = ImmutableArray.CreateBuilder<TierRule>();
        string[] columns = ["model", "tier", "batch", "kinds", "multiplier", "from", "until", "source", "source_date", "note"];
        foreach (var line in new CsvTable(name, errors).Read(csv, columns))
        {
            var rule = new TierRule(
                line.Place, line.RequiredText("model"), line.Tier("tier"), line.YesOrBlank("batch"),
                [.. line.Words("kinds").Select(k => line.Kind("kinds", k))], line.Decimal("multiplier"),
                line.Date("from"), line.OptionalDate("until"), line.RequiredText("source"), line.Date("source_date"));
            if (rule.Batch == (rule.Tier != ServiceTier.Default))
                line.Fail("tier", "a rule is either for a tier or for batch: fill in one of the two");
            if (rule.Kinds.IsEmpty)
                line.Fail("kinds", "name the kinds that it is for, separated by spaces");
            rules.Add(rule);
        }
        return rules.ToImmutable();
    }
}
