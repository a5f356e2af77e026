using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Gateway;

/// <summary>The requests of one invocation that reached, or were about to reach, an upstream.</summary>
public sealed class AttemptLog
{
    private readonly List<AttemptRecord> _attempts = new(1);
    private List<(int Index, Action<Usage> Listener)>? _listeners;

    public int Count => _attempts.Count;

    public IReadOnlyList<AttemptRecord> All => _attempts;

    /// <summary>The place of the attempt that is under way, or whose reply is the call's answer; -1 before the first.</summary>
    public int CurrentIndex { get; private set; } = -1;

    /// <summary>An attempt is under way or has given the answer; those that only served a look-up are none.</summary>
    public bool HasCurrent => CurrentIndex >= 0;

    public AttemptRecord Current => _attempts[CurrentIndex];

    /// <summary>Called after an attempt was added and before its request leaves; the ledger writes its intent here.</summary>
    public Action? BeforeSending { get; set; }

    public void Begin(AttemptRecord attempt)
    {
        var before = CurrentIndex;
        _attempts.Add(attempt);
        CurrentIndex = _attempts.Count - 1;
        try
        {
            BeforeSending?.Invoke();
        }
        catch
        {
            // It will not be sent, so it was no attempt.
            _attempts.RemoveAt(_attempts.Count - 1);
            CurrentIndex = before;
            throw;
        }
    }

    /// <summary>Replaces the current attempt by what is known of it now.</summary>
    public void Update(AttemptRecord attempt)
    {
        _attempts[CurrentIndex] = attempt;
        if (attempt.Usage is not { } usage || _listeners is null)
            return;
        foreach (var (index, listener) in _listeners)
        {
            if (index == CurrentIndex)
                listener(usage);
        }
    }

    /// <summary>Asks to be told what the current attempt has used, once that is known; it may be told again where more becomes known.</summary>
    public void WhenUsed(Action<Usage> listener) => (_listeners ??= []).Add((CurrentIndex, listener));

    /// <summary>
    /// Makes an earlier attempt the current one again, since those behind it were made to judge its answer; or none with -1,
    /// since they were made to look for a stored one.
    /// </summary>
    public void ReturnTo(int index) => CurrentIndex = index;
}
