using System.Collections.Concurrent;

namespace Sluice.Core.Metering.Estimating;

/// <summary>
/// Learns from reported usage how many tokens a model really makes of each kind of text. Memory is bounded: a few hundred bytes for each of at most
/// <see cref="MaxModels"/> models, of which the one that was observed longest ago is forgotten first. Safe to use from several threads.
/// </summary>
public sealed class TokenCalibration(int maxModels = TokenCalibration.MaxModels)
{
    public const int MaxModels = 256;

    /// <summary>Below it, what the provider adds around the texts (roles, tool instructions) is too large a part of the count.</summary>
    public const long MinObservedTokens = 200;

    private static readonly int Kinds = Enum.GetValues<ContentKind>().Length;

    private readonly ConcurrentDictionary<string, Model> _models = new(StringComparer.Ordinal);
    private long _observations;

    /// <summary>How many models are known.</summary>
    public int Count => _models.Count;

    /// <summary>The sum of some estimates in the tokens of a model.</summary>
    public TokenEstimate Estimate(string model, params ReadOnlySpan<TokenEstimate> texts)
    {
        if (!_models.TryGetValue(model, out var known))
            known = Model.Unknown;
        lock (known)
            return known.Sum(texts);
    }

    /// <summary>
    /// Learns from a call. <paramref name="texts"/> are the raw estimates of all that the call's input was made of; calls with pictures or documents, of which no text
    /// tells the count, are not to be given.
    /// </summary>
    /// <param name="reportedTokens">All input that was reported, read from a cache or not.</param>
    public void Observe(string model, ReadOnlySpan<TokenEstimate> texts, long reportedTokens)
    {
        if (reportedTokens < MinObservedTokens)
            return;
        var known = _models.GetOrAdd(model, static _ => new Model());
        lock (known)
        {
            known.Learn(texts, reportedTokens);
            known.LastObservation = Interlocked.Increment(ref _observations);
        }
        if (_models.Count > maxModels)
            Forget();
    }

    private void Forget()
    {
        var oldest = _models.MinBy(entry => entry.Value.LastObservation);
        _models.TryRemove(oldest);
    }

    private sealed class Model
    {
        public static Model Unknown { get; } = new();

        private readonly KindRatios _ratios = new(Kinds);

        public long LastObservation { get; set; }

        public TokenEstimate Sum(ReadOnlySpan<TokenEstimate> texts)
        {
            Span<double> byKind = stackalloc double[Kinds];
            var largest = Spread(texts, byKind);
            var (tokens, error) = _ratios.Estimate(byKind);
            return new TokenEstimate(largest.Kind, (long)Math.Round(tokens), tokens > 0 ? error / tokens : 0);
        }

        public void Learn(ReadOnlySpan<TokenEstimate> texts, long reported)
        {
            Span<double> byKind = stackalloc double[Kinds];
            Spread(texts, byKind);
            var raw = 0.0;
            foreach (var tokens in byKind)
                raw += tokens;
            if (raw >= MinObservedTokens)
                _ratios.Learn(byKind, reported);
        }

        /// <returns>The largest text.</returns>
        private static TokenEstimate Spread(ReadOnlySpan<TokenEstimate> texts, Span<double> byKind)
        {
            byKind.Clear();
            var largest = default(TokenEstimate);
            foreach (var text in texts)
            {
                byKind[(int)text.Kind] += text.Tokens;
                if (text.Tokens >= largest.Tokens)
                    largest = text;
            }
            return largest;
        }
    }
}
