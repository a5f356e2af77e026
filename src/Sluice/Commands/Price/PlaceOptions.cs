using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Sluice.Core.Pricing;

namespace Sluice.Commands.Price;

/// <summary>The options that say where and when a price holds, and whose prices they are.</summary>
internal sealed class PlaceOptions
{
    private readonly TimeProvider _time;
    private readonly Func<string, string?> _environment;

    private readonly Option<string?> _region = new("--region", "-r")
    {
        Description = "The AWS region that is called; else AWS_REGION, else a usual region of the profile (us-east-1)",
        HelpName = "REGION",
    };

    private readonly Option<DateTimeOffset?> _at = new("--at")
    {
        Description = "Prices of this day (UTC), such as 2026-11-21; else of today",
        HelpName = "DATE",
        CustomParser = ParseDay,
    };

    private readonly Option<FileInfo?> _prices = new("--prices")
    {
        Description = "A CSV file of own prices, which come before list prices (docs/prices.md)",
        HelpName = "FILE",
    };

    public PlaceOptions(Command command, TimeProvider time, Func<string, string?> environment)
    {
        _time = time;
        _environment = environment;
        _region.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } region && !AwsRegions.IsName(region))
                result.AddError($"--region {region}: this is not a region name; write one such as eu-west-1.");
        });
        command.Options.Add(_region);
        command.Options.Add(_at);
        command.Options.Add(_prices);
    }

    public string? Region(ParseResult parsed) => parsed.GetValue(_region);

    /// <summary>The region for a model, and the words that say where it comes from.</summary>
    public (string Region, string From) RegionOf(ParseResult parsed, PricedModel model)
    {
        if (parsed.GetValue(_region) is { } option)
            return (option, "--region");
        if (model.ArnRegion is { } arn)
            return (arn, "the ARN");
        if (_environment("AWS_REGION") is { Length: > 0 } region && AwsRegions.CanCall(model.Profile, region))
            return (region, "AWS_REGION");
        return (AwsRegions.UsualRegion(model.Profile), "no --region given");
    }

    public DateTimeOffset At(ParseResult parsed) => parsed.GetValue(_at) ?? _time.GetUtcNow();

    /// <exception cref="PriceFileException">All faults of the file with own prices.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public PriceBook Book(ParseResult parsed)
    {
        if (parsed.GetValue(_prices) is not { } file)
            return PriceBook.Default;
        using var text = file.OpenText();
        return PriceBook.Default.WithOverrides(PriceOverrides.LoadOwnPrices(text, file.Name));
    }

    private static DateTimeOffset? ParseDay(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at;
        result.AddError($"--at {text}: write a day such as 2026-11-21, or a time such as 2026-11-21T08:00:00Z.");
        return null;
    }
}
