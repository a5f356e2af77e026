using System.CommandLine;
using System.Globalization;
using Sluice.Configuration;
using Sluice.Gateway.Levers.Planning;
using Sluice.Output;

namespace Sluice.Commands;

/// <summary>Options that several commands share, so that they are called and explained the same everywhere.</summary>
internal static class CommonOptions
{
    public static Option<string> Data() => DataOption.Existing();

    /// <summary>The model of requests and traces that name none.</summary>
    public static Option<string> Model(string description) => new("--model")
    {
        Description = description,
        DefaultValueFactory = _ => "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    };

    /// <summary>The configuration whose levers a command asks; without one, every lever is on at its defaults.</summary>
    public static SluiceOptions LeversOf(string? configurationFile) => configurationFile is not null
        ? OptionsReader.ReadFile(configurationFile)
        : new SluiceOptions { Levers = new LeverSettings { Default = new LeverOptions().WithAll(LeverMode.On) } };

    public static Option<OutputFormat> Format() => OutputFormats.Option();

    /// <summary>For tables that hold model ids.</summary>
    public static Option<bool> Wide() => new("--wide") { Description = "In a table, whole model ids and every column, however long the lines." };

    /// <summary>A moment: a date, which means its first instant in UTC, or an ISO 8601 time.</summary>
    public static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[^1].Value : "";
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
                return moment;
            result.AddError($"{name} '{text}' is no date; write one such as 2026-11-21 or 2026-11-21T12:00:00Z.");
            return null;
        },
    };
}
