namespace Sluice.Lab.Replays.Recordings;

/// <summary>Gives the calls of many files in the order of time, holding no more of them than the files' disorder needs.</summary>
internal sealed class LogMerge(ILogFiles files, InvocationLogLine lines, IReadOnlyList<LogSpan> spans)
{
    private readonly PriorityQueue<RecordedCall, (DateTimeOffset At, long Order)> _waiting = new();
    private readonly List<OpenFile> _open = [];
    private int _next;
    private long _order;

    public IEnumerable<RecordedCall> Calls()
    {
        try
        {
            while (true)
            {
                // What may still come, from an open file or from the next one, is no earlier than this.
                OpenFile? behind = null;
                foreach (var file in _open)
                {
                    if (behind is null || file.Frontier < behind.Frontier)
                        behind = file;
                }
                var opensNext = _next < spans.Count && (behind is null || spans[_next].Start <= behind.Frontier);
                var frontier = opensNext ? spans[_next].Start : behind?.Frontier ?? DateTimeOffset.MaxValue;
                if (_waiting.TryPeek(out var call, out _) && call.At <= frontier)
                {
                    _waiting.Dequeue();
                    yield return call;
                }
                else if (opensNext)
                {
                    _open.Add(new OpenFile(spans[_next], LogLines.Read(files.Open(spans[_next].File), spans[_next].File).GetEnumerator()));
                    _next++;
                }
                else if (behind is not null)
                {
                    Read(behind);
                }
                else
                {
                    yield break;
                }
            }
        }
        finally
        {
            foreach (var file in _open)
                file.Lines.Dispose();
        }
    }

    private void Read(OpenFile file)
    {
        if (!file.Lines.MoveNext())
        {
            file.Lines.Dispose();
            _open.Remove(file);
            return;
        }
        var (number, line) = file.Lines.Current;
        var call = lines.Read(line, file.Span.File, number);
        _waiting.Enqueue(call, (call.At, _order++));
        if (call.At - file.Span.Disorder > file.Frontier)
            file.Frontier = call.At - file.Span.Disorder;
    }

    private sealed class OpenFile(LogSpan span, IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines)
    {
        public LogSpan Span => span;

        public IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> Lines => lines;

        public DateTimeOffset Frontier { get; set; } = span.Start;
    }
}
