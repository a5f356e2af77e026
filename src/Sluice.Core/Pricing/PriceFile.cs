using System.Collections.Immutable;

namespace Sluice.Core.Pricing;

/// <summary>
/// Reads price rows from CSV. A line may name several regions and several profiles, separated by spaces; it becomes one row
/// for each pair, all with the same id.
/// </summary>
internal static class PriceFile
{
    internal static readonly string[] Columns =
        ["model", "region", "profile", "tier", "batch", "latency_optimized", "above_tokens", "kind", "usd", "per", "from", "until", "source", "source_date", "note"];

    public static ImmutableArray<PriceRow> Read(TextReader csv, string name, List<PriceFileError> errors)
    {
        var rows = ImmutableArray.CreateBuilder<PriceRow>();
        foreach (var line in new CsvTable(name, errors).Read(csv, Columns))
        {
            var row = new PriceRow
            {
                Id = line.Place,
                Model = Model(line),
                Region = "",
                Tier = line.Tier("tier"),
                Batch = line.YesOrBlank("batch"),
                LatencyOptimized = line.YesOrBlank("latency_optimized"),
                AboveTokens = line.Whole("above_tokens", blank: 0, atLeast: 0),
                Kind = line.Kind("kind", line.Text("kind")),
                Usd = line.Decimal("usd"),
                Per = line.Whole("per", blank: -1, atLeast: 1),
                From = line.Date("from"),
                Until = line.OptionalDate("until"),
                Source = line.RequiredText("source"),
                SourceDate = line.Date("source_date"),
                Note = line.OptionalText("note"),
            };
            if (row.Until is { } until && until != default && until <= row.From)
                line.Fail("until", "it must be later than from");
            foreach (var region in Regions(line))
            {
                foreach (var profile in Profiles(line))
                    rows.Add(row with { Region = region, Profile = profile });
            }
        }
        FindOverlaps(rows, errors);
        return rows.ToImmutable();
    }

    private static string Model(CsvTable.Line line)
    {
        var model = line.RequiredText("model");
        if (model.AsSpan(0, Math.Max(0, model.Length - 1)).ContainsAny(" *"))
            line.Fail("model", "write a model id without spaces, or a pattern with one * at its end");
        return model;
    }

    private static string[] Regions(CsvTable.Line line)
    {
        var regions = line.Words("region");
        if (regions.Length == 0 || !Array.TrueForAll(regions, r => AwsRegions.IsName(r) || AwsRegions.IsPattern(r)))
            line.Fail("region", "write regions such as eu-west-1, patterns such as us-* or *, separated by spaces");
        return regions;
    }

    private static string?[] Profiles(CsvTable.Line line)
    {
        var profiles = line.Words("profile");
        foreach (var profile in profiles)
        {
            if (profile is not ("bare" or "geo") && !AwsRegions.IsProfile(profile))
                line.Fail("profile", $"write bare, geo, {string.Join(", ", AwsRegions.Profiles)}, or several of them separated by spaces");
        }
        return profiles.Length == 0 ? [null] : [.. profiles.Select(p => p == "bare" ? null : p)];
    }

    /// <summary>Two rows for the same thing on the same day would make the price a matter of their order.</summary>
    private static void FindOverlaps(IEnumerable<PriceRow> rows, List<PriceFileError> errors)
    {
        var reported = new HashSet<(string, string)>();
        foreach (var same in rows.GroupBy(r => (r.Model, r.Region, r.Profile, r.Tier, r.Batch, r.LatencyOptimized, r.AboveTokens, r.Kind)))
        {
            PriceRow? previous = null;
            foreach (var row in same.OrderBy(r => r.From))
            {
                if (previous is not null && (previous.Until is not { } until || until > row.From) && reported.Add((previous.Id, row.Id)))
                    errors.Add(new(row.Id, "from", row.From.ToString("yyyy-MM-dd"), $"{previous.Id} is for the same price and still holds on that day; end it with until, or remove one of the two"));
                previous = row;
            }
        }
    }
}
