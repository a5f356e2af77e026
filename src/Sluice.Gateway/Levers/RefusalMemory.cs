using System.Collections.Concurrent;

namespace Sluice.Gateway.Levers;

/// <summary>What AWS refused lately, so that a lever does not try it again for an hour. Thread-safe.</summary>
internal sealed class RefusalMemory(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>An account has some hundred models and profiles; the bound keeps made-up names from filling memory.</summary>
    private const int MaxNames = 1000;

    private readonly ConcurrentDictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    public bool Has(string name) => _until.TryGetValue(name, out var until) && until > time.GetUtcNow();

    public void Add(string name)
    {
        if (_until.Count >= MaxNames)
            _until.Clear();
        _until[name] = time.GetUtcNow() + Lifetime;
    }
}
