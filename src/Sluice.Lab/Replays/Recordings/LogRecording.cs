using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// Bedrock model-invocation logs as one recording. Files overlap in time and lines stand in the order in which calls ended,
/// so a first reading finds out when each file begins and how far its lines are out of order; a second one then needs only
/// the lines of that stretch in memory to give the calls in the order in which they came.
/// </summary>
public static class LogRecording
{
    /// <summary>Calls whose texts are counted to learn how many tokens their models make of them: the first so many, then one in sixteen.</summary>
    private const int FirstCalibrationCalls = 500;

    private const int CalibrationStep = 16;

    private const int MaxCalibrationCalls = 2_000;

    /// <param name="files">Where the log lies; read from as long as the recording is.</param>
    /// <param name="name">What the user called it, for errors.</param>
    /// <param name="onLines">Is told now and then how many lines were looked at.</param>
    /// <exception cref="TraceException">There is no log, or a line or a file is broken.</exception>
    public static Recording Open(ILogFiles files, string name, Action<long>? onLines = null)
    {
        var lines = new InvocationLogLine(files);
        var samples = new CalibrationSamples();
        var spans = new List<LogSpan>();
        var total = 0L;
        foreach (var file in files.List())
        {
            if (Survey(file) is { } span)
                spans.Add(span);
        }
        if (spans.Count == 0)
            throw new TraceException(name, 1, "there are no model-invocation logs here; name the folder or the s3:// prefix under which Bedrock puts AWSLogs/.../BedrockModelInvocationLogs, or one of its files (.json, .json.gz)");
        spans.Sort((a, b) => a.Start.CompareTo(b.Start));
        return new Recording("invocation logs", total, hasBodies: true, () => new LogMerge(files, lines, spans).Calls(), samples.Calibrated);

        LogSpan? Survey(string file)
        {
            var (first, latest, disorder, count) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue, TimeSpan.Zero, 0L);
            foreach (var (number, line) in LogLines.Read(files.Open(file), file))
            {
                var at = InvocationLogLine.TimeOf(line, file, number)
                    ?? throw new TraceException(file, number, "`timestamp` is missing or no time such as 2026-11-21T12:00:00Z; is this a model-invocation log?");
                first = at < first ? at : first;
                latest = at > latest ? at : latest;
                disorder = latest - at > disorder ? latest - at : disorder;
                if ((samples.Count < FirstCalibrationCalls || count % CalibrationStep == 0) && samples.Count < MaxCalibrationCalls)
                    samples.Add(lines.Read(line, file, number));
                count++;
                if (++total % 1_000 == 0)
                    onLines?.Invoke(total);
            }
            return count == 0 ? null : new LogSpan(file, first, disorder);
        }
    }
}

/// <summary>A file, when its first call came, and how much later than it should a line may stand.</summary>
internal sealed record LogSpan(string File, DateTimeOffset Start, TimeSpan Disorder);
