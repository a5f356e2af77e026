namespace Sluice.Gateway.Levers.Output;

/// <summary>
/// Learns how much each task's replies take and gives a limit that fewer than one reply in 1,000 should meet. AWS reserves
/// quota by the limit that a request names, so a limit far above what is ever written costs throughput and no money.
/// It may be used by many threads.
/// </summary>
/// <param name="options">Its bounds.</param>
public sealed class LearnedMaximum(OutputOptions options)
{
    private const double Exceeding = 0.001;

    // After a reply was cut, that length is allowed for as many replies as the one cut may be one of.
    private const int RepliesAfterCut = 1_000;

    private const int RepliesOfMean = 2_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinkedListNode<TaskLengths>> _tasks = [];
    private readonly LinkedList<TaskLengths> _byUse = [];

    /// <summary>Tasks that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _tasks.Count;
        }
    }

    /// <summary>The limit for a call, or null where the caller's is no higher or too little is known.</summary>
    /// <param name="task">Whose calls are alike: a hash of tenant, task and model.</param>
    /// <param name="callersLimit">The caller's limit in tokens, or the model's own where the caller set none.</param>
    public long? For(ulong task, long callersLimit)
    {
        lock (_gate)
        {
            if (!_tasks.TryGetValue(task, out var node))
                return null;
            Touch(node);
            var lengths = node.Value;
            if (lengths.Sketch.Count < options.MinimumReplies)
                return null;
            var headRoom = options.HeadRoom + (options.EarlyHeadRoom * Math.Sqrt((double)options.MinimumReplies / lengths.Sketch.Count));
            var limit = Math.Max(options.FewestTokens, lengths.Sketch.ExceededBy(Exceeding) * headRoom);
            if (lengths.RepliesToAllow > 0)
                limit = Math.Max(limit, lengths.Allowed);
            return limit < callersLimit ? (long)Math.Ceiling(limit) : null;
        }
    }

    /// <summary>What replies take on average, in tokens; null where too few were seen.</summary>
    public double? Mean(ulong task)
    {
        lock (_gate)
            return _tasks.TryGetValue(task, out var node) && node.Value.Replies >= options.MinimumReplies / 10 ? node.Value.MeanTokens : null;
    }

    /// <summary>Takes a reply into account.</summary>
    /// <param name="task">As for <see cref="For"/>.</param>
    /// <param name="outputTokens">
    /// What the reply took; of one that a limit of ours cut, what it took at the caller's own limit, or the limit that cut it
    /// where that is all that is known.
    /// </param>
    /// <param name="wasCut">A limit of ours cut it.</param>
    public void Observe(ulong task, long outputTokens, bool wasCut)
    {
        lock (_gate)
        {
            if (_tasks.TryGetValue(task, out var node))
                Touch(node);
            else
                node = Add(task);
            var lengths = node.Value;
            lengths.Sketch.Add(outputTokens);
            lengths.Replies++;
            // Of the last replies rather than of all there ever were, since a task may change.
            lengths.MeanTokens += (outputTokens - lengths.MeanTokens) / Math.Min(lengths.Replies, RepliesOfMean);
            if (wasCut)
                (lengths.Allowed, lengths.RepliesToAllow) = (outputTokens * options.HeadRoom, RepliesAfterCut);
            else if (lengths.RepliesToAllow > 0)
                lengths.RepliesToAllow--;
        }
    }

    private LinkedListNode<TaskLengths> Add(ulong task)
    {
        if (_tasks.Count >= options.MaximumTasks && _byUse.First is { } oldest)
        {
            _tasks.Remove(oldest.Value.Task);
            _byUse.Remove(oldest);
        }
        return _tasks[task] = _byUse.AddLast(new TaskLengths(task));
    }

    private void Touch(LinkedListNode<TaskLengths> node)
    {
        if (node.Next is null)
            return;
        _byUse.Remove(node);
        _byUse.AddLast(node);
    }

    private sealed class TaskLengths(ulong task)
    {
        public ulong Task { get; } = task;

        public LengthSketch Sketch { get; } = new();

        public long Replies { get; set; }

        public double MeanTokens { get; set; }

        public double Allowed { get; set; }

        public int RepliesToAllow { get; set; }
    }
}
