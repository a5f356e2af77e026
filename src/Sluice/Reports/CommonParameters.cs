using Sluice.Core;

namespace Sluice.Reports;

/// <summary>Parameters that several reports share, so that they are called and explained the same everywhere.</summary>
internal static class CommonParameters
{
    public static readonly ReportParameter<TimeZoneInfo> TimeZone = new("time_zone", "Whose days, weeks and months are meant, such as Europe/Berlin", ReadZone)
    {
        Form = "ZONE",
        Default = "the configuration's reporting.time_zone, else UTC",
    };

    public static readonly ReportParameter<DateTimeOffset?> From = Moment("from", "The first moment that counts");

    public static readonly ReportParameter<DateTimeOffset?> To = Moment("to", "The first moment that no longer counts");

    private static ReportParameter<DateTimeOffset?> Moment(string name, string summary) =>
        new(name, $"{summary}: {TimeSpot.Forms}", (words, clock) => words is [] ? null : TimeSpot.Read(name, words[0], clock)) { Form = "TIME" };

    /// <summary>A parameter that is there or not.</summary>
    public static ReportParameter<bool> Flag(string name, string summary) => new(name, summary, (words, _) => words is ["true"])
    {
        IsFlag = true,
        Choices = ["true", "false"],
        Default = "false",
    };

    /// <summary>One of several words.</summary>
    public static ReportParameter<string> Choice(string name, string summary, string otherwise, params string[] choices) =>
        new(name, summary, (words, _) => words is [] ? otherwise : words[0]) { Choices = choices, Default = otherwise, Form = string.Join('|', choices) };

    /// <summary>One of several words, or none of them.</summary>
    public static ReportParameter<string?> OptionalChoice(string name, string summary, params string[] choices) =>
        new(name, summary, (words, _) => words is [] ? null : words[0]) { Choices = choices, Form = string.Join('|', choices) };

    private static TimeZoneInfo ReadZone(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return clock.Zone;
        return TimeZoneInfo.TryFindSystemTimeZoneById(words[0], out var zone)
            ? zone
            : throw new ReportMistakeException($"time_zone '{PlainText.Of(words[0])}' is unknown here; write one such as Europe/Berlin or UTC.");
    }
}
