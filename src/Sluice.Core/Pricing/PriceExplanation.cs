using System.Text;
using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>Why something has no price.</summary>
/// <param name="Why">One or two sentences that name what was asked and what the book has instead.</param>
/// <param name="Fix">How to give it a price.</param>
public sealed record PriceExplanation(string Why, string Fix)
{
    public override string ToString() => $"{Why} {Fix}";

    internal static PriceExplanation For(PriceBook book, in PriceIdentity identity, UsageKind kind, DateOnly day)
    {
        var known = book.Models.Find(identity.Model);
        var what = $"{kind.Name()} of {identity.Model}";
        var fix = $"Add it to your own price file (docs/prices.md): {OwnPriceLine(identity, kind, day)}";
        if (identity.Region.Length == 0)
            return new($"The region of the call is not known, and a price depends on it: {what} has no price.", "Name the region that was called.");
        if (known is { Exists: false })
            return new($"{known.Name} has no price. {known.Note}", "Name the model that is meant.");
        PriceRow[] rows = [.. book.RowsOf(identity.Model).Where(r => !r.IsAccountWide)];
        if (rows.Length == 0)
        {
            return new($"The price book has no price for {identity.Model}.{Said(known?.Note)}{(known is null ? Nearest(book, identity.Model) : "")}", fix);
        }
        if (identity.Tier == ServiceTier.Reserved)
            return new($"Tokens of the reserved tier are prepaid by capacity, so {what} has no price per token there.", fix);
        return new($"{WhyNoRowFits(book, identity, kind, day, [.. rows.Where(r => r.Kind == kind)], rows)}{Said(known?.Note)}", fix);
    }

    /// <summary>Compares what was asked with the rows step by step, and says at which step the last of them falls away.</summary>
    private static string WhyNoRowFits(PriceBook book, PriceIdentity identity, UsageKind kind, DateOnly day, PriceRow[] rows, PriceRow[] allKinds)
    {
        var what = $"{kind.Name()} of {identity.Model}";
        if (rows.Length == 0)
            return $"{what} has no price; the book prices {List(allKinds.OrderBy(r => r.Kind).Select(r => r.Kind.Name()))} of it.";
        rows = [.. rows.Where(r => r.Tier == identity.Tier && r.Batch == identity.Batch && r.LatencyOptimized == identity.LatencyOptimized)];
        if (rows.Length == 0 && !book.TiersOf(identity.Model).Any(t => t.Tier == identity.Tier && t.Batch == identity.Batch && t.Kinds.Contains(kind) && t.HoldsOn(day)))
        {
            var modes = book.TiersOf(identity.Model).Where(t => t.Kinds.Contains(kind)).Select(t => t.Batch ? "batch" : t.Tier.Name());
            return $"{what} has no price {Mode(identity)}; the book prices it {List(modes.Prepend("on demand"))}.";
        }
        if (rows.Length == 0)
            rows = [.. allKinds.Where(r => r.Kind == kind && r.Tier == ServiceTier.Default && !r.Batch && !r.LatencyOptimized)];
        var inProfile = rows.Where(r => r.Profile == identity.Profile || (r.Profile == "geo" && identity.Scope == Scope.Geographic)).ToArray();
        if (inProfile.Length == 0)
            return $"{what} has no price for {ProfileName(identity.Profile)}; the book prices it for {List(rows.Select(r => ProfileName(r.Profile)))}.";
        var inRegion = inProfile.Where(r => AwsRegions.Matches(r.Region, identity.Region)).ToArray();
        if (inRegion.Length == 0)
            return $"{what} has no price for {ProfileName(identity.Profile)} in {identity.Region}; the book prices it in {List(inProfile.Select(r => r.Region).Order(StringComparer.Ordinal))}.";
        if (!AwsRegions.CanCall(identity.Profile, identity.Region))
            return $"The {identity.Profile} profile can't be called from {identity.Region}, so {what} has no price there.";
        return $"{what} has no price on {day:yyyy-MM-dd}; the book prices it {List(inRegion.OrderBy(r => r.From).Select(r => r.Until is { } until ? $"from {r.From:yyyy-MM-dd} until {until:yyyy-MM-dd}" : $"from {r.From:yyyy-MM-dd}"))}.";
    }

    private static string OwnPriceLine(in PriceIdentity identity, UsageKind kind, DateOnly day)
    {
        var line = new StringBuilder();
        line.AppendJoin(',',
            identity.Model, identity.Region.Length == 0 ? "REGION" : identity.Region, identity.Profile ?? "bare",
            identity.Tier == ServiceTier.Default ? "" : identity.Tier.Name(), identity.Batch ? "yes" : "", identity.LatencyOptimized ? "yes" : "",
            "", kind.Name(), "USD", kind.IsToken() ? "1000000" : "1", day.ToString("yyyy-MM-dd"), "", "own", day.ToString("yyyy-MM-dd"), "");
        return line.ToString();
    }

    private static string Nearest(PriceBook book, string model)
    {
        var near = book.Models.Nearest(model);
        return near.IsEmpty ? "" : $" Did you mean {string.Join(" or ", near.Select(m => m.Id))}?";
    }

    private static string Mode(in PriceIdentity identity) =>
        identity.Batch ? "in batch" : identity.LatencyOptimized ? "with optimized latency" : $"in the {identity.Tier.Name()} tier";

    private static string ProfileName(string? profile) => profile switch
    {
        null => "the bare id",
        "geo" => "geographic profiles",
        _ => $"the {profile} profile",
    };

    private static string Said(string? note) => note is null ? "" : $" {note}";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Distinct(StringComparer.Ordinal));
}
