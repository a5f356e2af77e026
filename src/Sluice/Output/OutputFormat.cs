using System.CommandLine;

namespace Sluice.Output;

/// <summary>The forms in which every listing can be had.</summary>
internal enum OutputFormat
{
    Table,
    Csv,
    Json,
}

internal static class OutputFormats
{
    public static Option<OutputFormat> Option() => new("--format")
    {
        Description = "table (the default), csv or json",
        HelpName = "table|csv|json",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "table": return OutputFormat.Table;
                case "csv": return OutputFormat.Csv;
                case "json": return OutputFormat.Json;
                default:
                    result.AddError($"--format {result.Tokens[0].Value}: write table, csv or json.");
                    return OutputFormat.Table;
            }
        },
    };
}
