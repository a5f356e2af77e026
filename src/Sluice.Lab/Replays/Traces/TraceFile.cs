namespace Sluice.Lab.Replays.Traces;

/// <summary>The forms of recorded traffic that can be read.</summary>
public enum TraceForm
{
    Mooncake,
    Azure,
    Agent,
}

/// <summary>Reads a trace of any known form, told by its first line.</summary>
public static class TraceFile
{
    /// <returns>The requests in order of time.</returns>
    /// <exception cref="TraceException">The form is not known, or a line is broken; the message names file and line.</exception>
    public static (TraceForm Form, IReadOnlyList<TraceRequest> Requests) Read(string path)
    {
        var first = TraceLines.Read(path).Select(line => line.Text).FirstOrDefault() ?? throw new TraceException(path, 1, "the file is empty");
        if (first.StartsWith('{') && first.Contains("\"hash_ids\"", StringComparison.Ordinal))
            return (TraceForm.Mooncake, [.. MooncakeTrace.Read(path).OrderBy(r => r.At)]);
        if (first.StartsWith("TIMESTAMP", StringComparison.OrdinalIgnoreCase))
            return (TraceForm.Azure, [.. AzureTrace.Read(path).OrderBy(r => r.At)]);
        if (first.StartsWith('{'))
            return (TraceForm.Agent, AgentTrace.ReadInOrderOfTime(path));
        throw new TraceException(path, 1, "this is no trace that can be read: a Mooncake trace has JSON lines with \"hash_ids\", an Azure trace begins with TIMESTAMP, an agent trace has JSON lines with \"input\"");
    }
}
