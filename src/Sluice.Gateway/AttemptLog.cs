using Sluice.Core.Invocations;

namespace Sluice.Gateway;

/// <summary>The requests of one invocation that reached, or were about to reach, an upstream.</summary>
public sealed class AttemptLog
{
    private readonly List<AttemptRecord> _attempts = new(1);

    public int Count => _attempts.Count;

    public IReadOnlyList<AttemptRecord> All => _attempts;

    public AttemptRecord Last => _attempts[^1];

    /// <summary>Called after an attempt was added and before its request leaves; the ledger writes its intent here.</summary>
    public Action? BeforeSending { get; set; }

    public void Begin(AttemptRecord attempt)
    {
        _attempts.Add(attempt);
        try
        {
            BeforeSending?.Invoke();
        }
        catch
        {
            // It will not be sent, so it was no attempt.
            _attempts.RemoveAt(_attempts.Count - 1);
            throw;
        }
    }

    /// <summary>Replaces the last attempt by what is known of it now.</summary>
    public void Update(AttemptRecord attempt) => _attempts[^1] = attempt;
}
