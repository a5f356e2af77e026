namespace Sluice.Reports;

/// <summary>A question that can't be asked so: exit code 2 on the command line, status 400 over HTTP.</summary>
internal sealed class ReportMistakeException(string message) : Exception(message);
