using Sluice.Core;

namespace Sluice.Reports;

/// <summary>A report with a value for each of its parameters.</summary>
internal sealed class ReportQuestion
{
    private readonly Dictionary<ReportParameter, object?> _values = [];

    private ReportQuestion(Report report, ReportClock clock, IReadOnlyDictionary<string, IReadOnlyList<string>> said) => (Report, Clock, Said) = (report, clock, said);

    public Report Report { get; }

    public ReportClock Clock { get; }

    /// <summary>The words by the names of parameters, as they were said.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Said { get; }

    /// <summary>Reads a question from words by the names of parameters.</summary>
    /// <param name="defaults">The zone is the reporting zone, unless the question names another.</param>
    /// <exception cref="ReportMistakeException">A name or a value is none.</exception>
    public static ReportQuestion Read(Report report, IReadOnlyDictionary<string, IReadOnlyList<string>> words, ReportClock defaults)
    {
        foreach (var name in words.Keys)
        {
            if (!report.Parameters.Any(p => p.Name == name))
                throw new ReportMistakeException(Unknown(report, name));
        }
        var zone = report.Parameters.Contains(CommonParameters.TimeZone)
            ? (TimeZoneInfo)CommonParameters.TimeZone.Read(words.GetValueOrDefault(CommonParameters.TimeZone.Name, []), defaults)!
            : defaults.Zone;
        var question = new ReportQuestion(report, defaults with { Zone = zone }, words);
        foreach (var parameter in report.Parameters)
            question._values[parameter] = parameter.Read(words.GetValueOrDefault(parameter.Name, []), question.Clock);
        question.CheckRange();
        return question;
    }

    public T Get<T>(ReportParameter<T> parameter) => (T)_values[parameter]!;

    /// <summary>Whether the question says it, and it isn't the default that stands.</summary>
    public bool Says(ReportParameter parameter) => Said.TryGetValue(parameter.Name, out var words) && words.Count > 0;

    /// <summary>All parameters with their values, defaults included.</summary>
    public IEnumerable<(string Name, object? Value)> Resolved => Report.Parameters.Select(p => (p.Name, p.Shown(_values[p])));

    private void CheckRange()
    {
        if (!Report.Parameters.Contains(CommonParameters.From) || !Report.Parameters.Contains(CommonParameters.To))
            return;
        var (from, to) = (Get(CommonParameters.From), Get(CommonParameters.To));
        if (from is { } first && to is { } end && end <= first)
            throw new ReportMistakeException($"to {TimeSpot.Text(end)} is not after from, which is {TimeSpot.Text(first)}; to is the first moment no longer in the range.");
    }

    private static string Unknown(Report report, string name)
    {
        string[] known = [.. report.Parameters.Select(p => p.Name)];
        var near = NearestName.Of(name, known) is { } meant ? $" did you mean '{meant}'?" : "";
        return $"The report '{report.Name}' takes no '{PlainText.Of(name)}';{(near.Length > 0 ? near : $" it takes {string.Join(", ", known)}.")}";
    }
}
