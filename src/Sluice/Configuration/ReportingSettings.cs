using Sluice.Core;

namespace Sluice.Configuration;

/// <summary>How answers are given.</summary>
public sealed record ReportingSettings
{
    /// <summary>Whose days, weeks and months are meant if a question doesn't say.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    internal static ReportingSettings Read(YamlSection? section)
    {
        if (section is null)
            return new ReportingSettings();
        var zone = TimeZoneInfo.Utc;
        if (section.Text("time_zone") is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone))
            section.Report("time_zone", $"is '{PlainText.Of(id)}', which this machine does not know; write one such as Europe/Berlin");
        section.RejectUnknown();
        return new ReportingSettings { TimeZone = zone ?? TimeZoneInfo.Utc };
    }
}
