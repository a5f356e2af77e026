namespace Sluice.Configuration;

/// <summary>How the log is written.</summary>
public enum LogFormat
{
    Text,

    /// <summary>One object a line.</summary>
    Json,
}

/// <summary>What goes to the log, and how.</summary>
public sealed record LogSettings
{
    public static readonly IReadOnlyDictionary<string, LogLevel> Levels = new Dictionary<string, LogLevel>(StringComparer.Ordinal)
    {
        ["debug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    public static readonly IReadOnlyDictionary<string, LogFormat> Formats = new Dictionary<string, LogFormat>(StringComparer.Ordinal)
    {
        ["text"] = LogFormat.Text,
        ["json"] = LogFormat.Json,
    };

    public LogLevel Level { get; init; } = LogLevel.Information;

    public LogFormat Format { get; init; }

    /// <summary>Whether each request has a line, not only those that fail.</summary>
    public bool Access { get; init; }

    internal static LogSettings Read(YamlSection? section)
    {
        var defaults = new LogSettings();
        if (section is null)
            return defaults;
        var settings = new LogSettings
        {
            Level = section.Choice("level", Levels) ?? defaults.Level,
            Format = section.Choice("format", Formats) ?? defaults.Format,
            Access = section.Flag("access") ?? defaults.Access,
        };
        section.RejectUnknown();
        return settings;
    }
}
