using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;

namespace Sluice.Gateway;

/// <summary>The requests of one invocation that reached, or were about to reach, an upstream.</summary>
public sealed class AttemptLog
{
    private readonly List<AttemptRecord> _attempts = new(1);
    private readonly List<Action<Money?>?> _payers = new(1);
    private List<(int Index, Action<Usage> Listener)>? _listeners;
    private bool _isClosing;

    public int Count => _attempts.Count;

    public IReadOnlyList<AttemptRecord> All => _attempts;

    /// <summary>The place of the attempt that is under way, or whose reply is the call's answer; -1 before the first.</summary>
    public int CurrentIndex { get; private set; } = -1;

    /// <summary>An attempt is under way or has given the answer; those that only served a look-up are none.</summary>
    public bool HasCurrent => CurrentIndex >= 0;

    public AttemptRecord Current => _attempts[CurrentIndex];

    /// <summary>Called after an attempt was added and before its request leaves; the ledger writes its intent here.</summary>
    public Action? BeforeSending { get; set; }

    /// <summary>
    /// Told of the next attempt's cost as soon as that is known, again where it turns out otherwise, and null at the end where
    /// nobody will know it. The attempt that begins takes it.
    /// </summary>
    public Action<Money?>? Payer { get; set; }

    /// <summary>Who is told of the current attempt's cost, also later than its record is.</summary>
    public Action<Money?>? CurrentPayer => _payers[CurrentIndex];

    public void Begin(AttemptRecord attempt)
    {
        var (before, payer) = (CurrentIndex, Payer);
        _attempts.Add(attempt);
        _payers.Add(payer);
        Payer = null;
        CurrentIndex = _attempts.Count - 1;
        try
        {
            BeforeSending?.Invoke();
        }
        catch
        {
            // It will not be sent, so it was no attempt.
            _attempts.RemoveAt(_attempts.Count - 1);
            _payers.RemoveAt(_payers.Count - 1);
            (CurrentIndex, Payer) = (before, payer);
            throw;
        }
    }

    /// <summary>Replaces the current attempt by what is known of it now.</summary>
    public void Update(AttemptRecord attempt)
    {
        _attempts[CurrentIndex] = attempt;
        if (attempt.Cost is { } cost && !_isClosing)
            _payers[CurrentIndex]?.Invoke(cost);
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

    /// <summary>What becomes known from now on is for the final record, and payers are told after the ledger.</summary>
    public void Closing() => _isClosing = true;

    /// <summary>The final record is in the ledger: everybody is told what its attempt cost there.</summary>
    public void PayAll()
    {
        for (var i = 0; i < _attempts.Count; i++)
            _payers[i]?.Invoke(_attempts[i].Cost);
    }

    /// <summary>
    /// Makes an earlier attempt the current one again, since those behind it were made to judge its answer; or none with -1,
    /// since they were made to look for a stored one.
    /// </summary>
    public void ReturnTo(int index) => CurrentIndex = index;
}
