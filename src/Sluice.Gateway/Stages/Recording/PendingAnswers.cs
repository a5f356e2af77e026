using System.Collections.Concurrent;
using Sluice.Core;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>
/// Answers that were asked for and told no usage yet, by the upstream's ids. The first read that tells it takes the answer out and is booked, so that
/// an answer counts once however often it is read, and one that this gateway never asked for not at all. Thread-safe.
/// </summary>
/// <param name="known">Those that the ledger has from before.</param>
public sealed class PendingAnswers(IEnumerable<string> known)
{
    /// <summary>How long an upstream keeps an answer (OpenAI's documentation, "Background mode" and "Responses": 30 days).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Beyond it, answers are told apart only after the next start, by the ledger.</summary>
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<string, Action<Money?>?> _payers =
        new(known.Take(MaxRemembered).Select(id => KeyValuePair.Create(id, (Action<Money?>?)null)), StringComparer.Ordinal);

    /// <param name="answerId">By which it may be read.</param>
    /// <param name="payer">Who holds money for it; null for nobody.</param>
    public void Add(string answerId, Action<Money?>? payer)
    {
        if (_payers.Count < MaxRemembered)
            _payers.TryAdd(answerId, payer);
    }

    public bool TryTake(string answerId, out Action<Money?>? payer) => _payers.TryRemove(answerId, out payer);
}
