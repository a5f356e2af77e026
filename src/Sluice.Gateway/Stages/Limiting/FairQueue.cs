namespace Sluice.Gateway.Stages.Limiting;

/// <summary>How a call's wait for a quota ended.</summary>
internal enum Turn
{
    Come,

    /// <summary>Too long, or its caller left.</summary>
    GivenUp,

    /// <summary>The queue was full, and of all callers this one had the most calls waiting for its share.</summary>
    PushedOut,
}

/// <summary>
/// One quota and the calls that wait for it. Turns are given by start-time fair queueing (Goyal, Vin and Cheng 1996): each
/// caller has a clock that its calls move on by their tokens over its share, and the caller whose clock is behind is next. So
/// who asks a hundred times as much gets no more than its share while others wait, and all that is left when none does. The
/// next call keeps its place until there is room for it, however large it is. Thread-safe; nothing waits inside the lock.
/// </summary>
internal sealed class FairQueue : IDisposable
{
    /// <summary>A token moves the clock of a caller with share 1 by this much.</summary>
    private const long Scale = 1_000;

    /// <summary>Callers whose clocks are remembered. One that is forgotten begins where all are, which is no advantage.</summary>
    private const int MaxCallers = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Flow> _flows = new(StringComparer.Ordinal);
    private readonly List<Flow> _backlogged = [];
    private readonly RefillBucket _tokens = new();
    private readonly RefillBucket _requests = new();
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly ITimer _wake;
    private QuotaRule _rule = null!;
    private long _now;
    private int _waiting;

    public FairQueue(TimeProvider time)
    {
        _time = time;
        _began = time.GetTimestamp();
        _wake = time.CreateTimer(_ => Serve(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Calls that wait.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Takes what the call needs, or gives it a place in the queue; null where there is none.</summary>
    /// <param name="tokens">What is held for it; of one that needs more than the whole quota, the whole.</param>
    public Ticket? Enter(QuotaRule rule, string caller, long tokens)
    {
        lock (_gate)
        {
            Use(rule);
            var flow = FlowOf(caller);
            flow.Share = rule.Shares.GetValueOrDefault(caller, 1);
            var ticket = new Ticket(this, flow, Math.Min(tokens, rule.TokensPerMinute ?? tokens));
            if (_waiting == 0 && HasRoom(ticket))
            {
                flow.Start = Math.Max(_now, flow.Finish);
                Take(ticket);
                return ticket;
            }
            if (rule.MaxWait <= TimeSpan.Zero || (_waiting >= rule.MaxQueue && !MakeRoom(flow)))
                return null;
            if (flow.Tickets.Count == 0)
            {
                flow.Start = Math.Max(_now, flow.Finish);
                _backlogged.Add(flow);
            }
            flow.Tickets.AddLast(ticket);
            _waiting++;
            ServeAll();
            return ticket;
        }
    }

    /// <summary>Takes what nobody needs now: where none waits, and half of the quota is left after it. It never waits, and moves no caller's clock.</summary>
    public Ticket? TakeSpare(QuotaRule rule, long tokens)
    {
        lock (_gate)
        {
            Use(rule);
            if (_waiting > 0
                || (rule.TokensPerMinute is { } most && !_tokens.Has(tokens + (most / 2)))
                || (rule.RequestsPerMinute is { } requests && !_requests.Has(1 + (requests / 2))))
                return null;
            var ticket = new Ticket(this, new Flow { Start = _now }, tokens);
            Take(ticket);
            return ticket;
        }
    }

    /// <summary>What is known of when there will be room for so much, if none waits before.</summary>
    public Throttle Throttled(QuotaRule rule, long tokens)
    {
        lock (_gate)
        {
            Use(rule);
            var forRequest = rule.RequestsPerMinute is null ? TimeSpan.Zero : _requests.TimeUntil(1);
            var forTokens = rule.TokensPerMinute is { } most ? _tokens.TimeUntil(Math.Min(tokens, most)) : TimeSpan.Zero;
            return rule.TokensPerMinute is { } value && forTokens >= forRequest
                ? new Throttle(rule.Name, LimitKind.Tokens, value, forTokens)
                : new Throttle(rule.Name, LimitKind.Requests, rule.RequestsPerMinute ?? 0, forRequest);
        }
    }

    /// <summary>Puts what the call has used in the place of what was held for it.</summary>
    public void Settle(Ticket ticket, long used)
    {
        lock (_gate)
        {
            Use(_rule);
            var less = ticket.Tokens - used;
            if (less > 0)
                _tokens.GiveBack(less);
            else
                _tokens.Take(-less);
            MoveClock(ticket.Flow, -less);
            ServeAll();
        }
    }

    /// <summary>The call was not made after all.</summary>
    public void GiveBack(Ticket ticket)
    {
        lock (_gate)
        {
            Use(_rule);
            _tokens.GiveBack(ticket.Tokens);
            _requests.GiveBack(1);
            MoveClock(ticket.Flow, -ticket.Tokens);
            ServeAll();
        }
    }

    public void Dispose() => _wake.Dispose();

    /// <summary>The call waits no longer; where its turn has come in the same moment, it has come.</summary>
    internal void GiveUp(Ticket ticket)
    {
        lock (_gate)
        {
            if (!ticket.TryEnd(Turn.GivenUp))
                return;
            Remove(ticket);
            Use(_rule);
            ServeAll();
        }
    }

    private void Serve()
    {
        lock (_gate)
        {
            Use(_rule);
            ServeAll();
        }
    }

    private void Use(QuotaRule rule)
    {
        _rule = rule;
        var ticks = _time.GetElapsedTime(_began).Ticks;
        _tokens.MoveTo(rule.TokensPerMinute ?? 1, ticks);
        _requests.MoveTo(rule.RequestsPerMinute ?? 1, ticks);
    }

    private void ServeAll()
    {
        while (_backlogged.Count > 0)
        {
            var next = _backlogged[0];
            foreach (var flow in _backlogged)
            {
                if (flow.Start < next.Start)
                    next = flow;
            }
            var ticket = next.Tickets.First!.Value;
            if (!HasRoom(ticket))
            {
                // A timer may fire a moment early; then the rest of the wait is at least a millisecond.
                var wait = TimeSpan.FromTicks(Math.Max(TimeUntilRoom(ticket).Ticks, TimeSpan.TicksPerMillisecond));
                _wake.Change(wait, Timeout.InfiniteTimeSpan);
                return;
            }
            Remove(ticket);
            Take(ticket);
        }
    }

    private bool HasRoom(Ticket ticket) =>
        (_rule.TokensPerMinute is null || _tokens.Has(Math.Min(ticket.Tokens, _rule.TokensPerMinute.Value))) && (_rule.RequestsPerMinute is null || _requests.Has(1));

    private TimeSpan TimeUntilRoom(Ticket ticket)
    {
        var tokens = _rule.TokensPerMinute is { } most ? _tokens.TimeUntil(Math.Min(ticket.Tokens, most)) : TimeSpan.Zero;
        var request = _rule.RequestsPerMinute is null ? TimeSpan.Zero : _requests.TimeUntil(1);
        return tokens > request ? tokens : request;
    }

    private void Take(Ticket ticket)
    {
        _tokens.Take(ticket.Tokens);
        _requests.Take(1);
        var flow = ticket.Flow;
        _now = Math.Max(_now, flow.Start);
        // A quota of requests alone is shared by requests.
        var weight = _rule.TokensPerMinute is null ? 1 : Math.Max(1, ticket.Tokens);
        flow.Finish = flow.Start + (weight * Scale / flow.Share);
        flow.Start = flow.Finish;
        ticket.TryEnd(Turn.Come);
    }

    /// <summary>Moves a caller's clock by tokens that were counted too much or too little; never behind what all have had.</summary>
    private void MoveClock(Flow flow, long tokens)
    {
        if (_rule.TokensPerMinute is null)
            return;
        flow.Finish = Math.Max(_now, flow.Finish + (tokens * Scale / flow.Share));
        flow.Start = flow.Finish;
    }

    private void Remove(Ticket ticket)
    {
        var flow = ticket.Flow;
        flow.Tickets.Remove(ticket);
        _waiting--;
        if (flow.Tickets.Count == 0)
            _backlogged.Remove(flow);
    }

    /// <summary>In a full queue the caller with the most calls for its share loses its latest, unless that is who comes.</summary>
    private bool MakeRoom(Flow comer)
    {
        Flow? longest = null;
        foreach (var flow in _backlogged)
        {
            if (longest is null || (long)flow.Tickets.Count * longest.Share > (long)longest.Tickets.Count * flow.Share)
                longest = flow;
        }
        if (longest is null || (long)(comer.Tickets.Count + 1) * longest.Share >= (long)longest.Tickets.Count * comer.Share)
            return false;
        var last = longest.Tickets.Last!.Value;
        last.TryEnd(Turn.PushedOut);
        Remove(last);
        return true;
    }

    private Flow FlowOf(string caller)
    {
        if (_flows.TryGetValue(caller, out var flow))
            return flow;
        if (_flows.Count >= MaxCallers)
        {
            foreach (var (name, old) in _flows)
            {
                if (old.Tickets.Count == 0)
                    _flows.Remove(name);
            }
        }
        return _flows[caller] = new Flow();
    }

    /// <summary>A caller.</summary>
    internal sealed class Flow
    {
        public LinkedList<Ticket> Tickets { get; } = [];

        public int Share { get; set; } = 1;

        /// <summary>Where the caller's clock stands when its next call begins.</summary>
        public long Start { get; set; }

        public long Finish { get; set; }
    }

    /// <summary>A call's place in the queue, or what was taken for it.</summary>
    internal sealed class Ticket(FairQueue queue, Flow flow, long tokens)
    {
        private readonly TaskCompletionSource<Turn> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Flow Flow => flow;

        public long Tokens => tokens;

        public Task<Turn> Turn => _turn.Task;

        public bool TryEnd(Turn turn) => _turn.TrySetResult(turn);

        public void GiveUp() => queue.GiveUp(this);
    }
}
