using Sluice.Core;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;
using Sluice.Gateway.Levers.SemanticRecall.Texts;
using Sluice.Gateway.Levers.SemanticRecall.Verifying;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>
/// The questions that were answered, by partition, and the decision whether one of them is the question that is asked now. A
/// match is served only if no guard vetoes it, nothing with another answer lies about as close, and its score is one at which
/// this tenant's traffic, or the calibration, proves the owner's bound. Thread-safe.
/// </summary>
public sealed class SemanticMemory
{
    private const int MaxCandidates = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<PartitionKey, Partition> _partitions = [];
    private readonly Dictionary<string, ErrorBound> _bounds = new(StringComparer.Ordinal);
    private readonly EvictionOrder _order = new();
    private readonly IEmbedder _embedder;
    private readonly Verifier? _verifier;
    private readonly Calibration? _calibration;
    private readonly SemanticMemoryOptions _options;
    private long _lastId;

    /// <param name="calibration">One that was made for another embedder, or with another verifier, counts as none.</param>
    public SemanticMemory(IEmbedder embedder, Verifier? verifier, Calibration? calibration, SemanticMemoryOptions options)
    {
        (_embedder, _verifier, _options) = (embedder, verifier, options);
        _calibration = calibration?.HoldsFor(embedder.Identity, verifier is not null) == true ? calibration : null;
    }

    /// <summary>Texts, vectors and what goes with them.</summary>
    public long Bytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>There is a calibration that fits the embedder; without one nothing is served.</summary>
    public bool IsCalibrated => _calibration is not null;

    public SemanticLookup Find(PartitionKey partition, string text, Embedding embedding)
    {
        List<Candidate> candidates;
        bool isExact;
        lock (_gate)
        {
            BoundOf(partition.Tenant).Count();
            if (!_partitions.TryGetValue(partition, out var entries))
                return SemanticLookup.Nothing("nothing was asked before");
            (candidates, isExact) = entries.Search(embedding, _options.MinCosine, MaxCandidates);
        }
        if (candidates.Count == 0)
            return SemanticLookup.Nothing("nothing like it was asked before");
        var wording = Wording.Of(text);
        Veto? veto = null;
        foreach (var candidate in candidates)
        {
            var other = Wording.Of(candidate.Text);
            if (GuardChain.Check(wording, other) is { } objection)
            {
                veto ??= objection;
                continue;
            }
            var rival = candidates.Where(c => c.AnswerId != candidate.AnswerId).Select(c => c.Cosine).DefaultIfEmpty(_options.MinCosine).Max();
            var score = _verifier?.Probability(wording, other, candidate.Cosine) ?? candidate.Cosine;
            var match = new SemanticMatch(partition, candidate.Id, candidate.AnswerId, score, candidate.Cosine, candidate.Cosine - rival, isExact);
            return Decide(match);
        }
        return SemanticLookup.Nothing($"{veto!.Guard}: {veto.Why}");
    }

    /// <summary>
    /// Keeps a question whose answer lies under <paramref name="answerId"/>. It takes the place of the same text in the same
    /// partition, and what is known of that holds for it.
    /// </summary>
    public void Add(PartitionKey partition, string text, Embedding embedding, string answerId, Money saving)
    {
        lock (_gate)
        {
            var old = _partitions.GetValueOrDefault(partition)?.Get(text);
            if (old is not null)
                Drop(old);
            Add(new SemanticEntry(partition, text, embedding, answerId, saving, old?.Hits ?? 0, old?.Trust ?? EntryTrust.New));
        }
    }

    /// <summary>The fresh answer has come of a call whose match was not served.</summary>
    /// <param name="isRight">The stored answer would have been as good.</param>
    /// <param name="isShadow">What was found good enough was not served either.</param>
    public void Learn(SemanticLookup lookup, bool isRight, bool isShadow = false)
    {
        if (lookup.Match is not { } match || (lookup.IsHit && !isShadow))
            return;
        lock (_gate)
        {
            var entry = _partitions.GetValueOrDefault(match.Partition)?.Get(match.EntryId);
            var trust = BoundOf(match.Partition.Tenant).Learn(match.Score, lookup.Decision, isRight, entry?.Trust ?? EntryTrust.New, isShadow);
            if (entry is not null)
                entry.Trust = trust;
        }
    }

    /// <summary>
    /// A caller says of an answer that was served whether it was right. It is a label of its tenant, and an entry that was wrong is met more
    /// closely from now on.
    /// </summary>
    public void Hear(SemanticMatch match, bool isRight)
    {
        lock (_gate)
        {
            var entry = _partitions.GetValueOrDefault(match.Partition)?.Get(match.EntryId);
            var trust = BoundOf(match.Partition.Tenant).Hear(match.Score, isRight, entry?.Trust ?? EntryTrust.New);
            if (entry is not null)
                entry.Trust = trust;
        }
    }

    /// <summary>The stored question; null where it is gone.</summary>
    public string? TextOf(SemanticMatch match)
    {
        lock (_gate)
            return _partitions.GetValueOrDefault(match.Partition)?.Get(match.EntryId)?.Text;
    }

    /// <summary>The answer of an entry is gone.</summary>
    public void Remove(SemanticMatch match)
    {
        lock (_gate)
        {
            if (_partitions.GetValueOrDefault(match.Partition)?.Get(match.EntryId) is { } entry)
                Drop(entry);
        }
    }

    /// <summary>How often a sample of what is served was wrong, and from which score on is served.</summary>
    public IReadOnlyList<TenantMeasure> Measured()
    {
        lock (_gate)
            return [.. _bounds.Select(b => new TenantMeasure(b.Key, b.Value.Calls, b.Value.Served, b.Value.Explored, b.Value.ExploredWrong, b.Value.FalseHitRate, b.Value.Complaints, b.Value.Threshold))];
    }

    /// <summary>The same of one tenant.</summary>
    public (int Explored, int Wrong, WilsonInterval Rate, double Threshold) Measured(string tenant)
    {
        lock (_gate)
        {
            var bound = BoundOf(tenant);
            return (bound.Explored, bound.ExploredWrong, bound.FalseHitRate, bound.Threshold);
        }
    }

    /// <summary>All entries, to be stored.</summary>
    public IReadOnlyList<SemanticEntry> Snapshot()
    {
        lock (_gate)
            return [.. _partitions.SelectMany(p => p.Value.Entries.Select(e => new SemanticEntry(p.Key, e.Text, p.Value.EmbeddingOf(e), e.AnswerId, e.Saving, e.Hits, e.Trust)))];
    }

    /// <summary>What each tenant's traffic has shown, to be stored.</summary>
    public IReadOnlyList<(string Tenant, BoundSnapshot Bound)> SnapshotBounds()
    {
        lock (_gate)
            return [.. _bounds.Select(b => (b.Key, b.Value.Snapshot()))];
    }

    public void RestoreBound(string tenant, BoundSnapshot bound)
    {
        lock (_gate)
            BoundOf(tenant).Restore(bound);
    }

    /// <summary>Takes stored entries in again.</summary>
    public void Restore(IEnumerable<SemanticEntry> entries)
    {
        foreach (var entry in entries)
            Add(entry);
    }

    private SemanticLookup Decide(SemanticMatch match)
    {
        lock (_gate)
        {
            if (_partitions.GetValueOrDefault(match.Partition)?.Get(match.EntryId) is not { } entry)
                return SemanticLookup.Nothing("what lay near is gone");
            if (match.Margin < (_calibration?.Margin ?? Calibrator.DefaultMargin))
                return SemanticLookup.Nothing("another answer lies about as close");
            var decision = BoundOf(match.Partition.Tenant).Decide(match.Score, entry.Trust);
            if (decision == BoundDecision.Serve)
            {
                entry.Hits++;
                _order.Touch(entry);
            }
            return new(decision, match, decision switch
            {
                BoundDecision.Serve => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a question like it was answered: score {match.Score:0.000}, cosine {match.Cosine:0.000}"),
                BoundDecision.Explore => "asked to measure how often such a match is right",
                _ => "what lies near is not surely the same",
            });
        }
    }

    private void Add(SemanticEntry entry)
    {
        lock (_gate)
        {
            if (!_partitions.TryGetValue(entry.Partition, out var partition))
                _partitions[entry.Partition] = partition = new Partition(_embedder.CreateIndex());
            var before = partition.Bytes;
            var stored = partition.Add(++_lastId, entry);
            Bytes += partition.Bytes - before;
            Count++;
            _order.Touch(stored);
            while (Bytes > _options.MaxBytes && _order.TryTake(out var least))
                Drop(least);
        }
    }

    private void Drop(StoredQuestion entry)
    {
        var partition = _partitions[entry.Partition];
        var before = partition.Bytes;
        partition.Remove(entry.Id);
        _order.Forget(entry);
        if (partition.Count == 0)
            _partitions.Remove(entry.Partition);
        Bytes += (partition.Count == 0 ? 0 : partition.Bytes) - before;
        Count--;
    }

    private ErrorBound BoundOf(string tenant)
    {
        if (!_bounds.TryGetValue(tenant, out var bound))
            _bounds[tenant] = bound = new ErrorBound(_options.Bound, _calibration, _options.Seed);
        return bound;
    }
}
