using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>The questions of one partition and their index. Not thread-safe.</summary>
internal sealed class Partition(IVectorIndex index)
{
    /// <summary>The dictionaries and the index of an empty partition.</summary>
    private const long OwnBytes = 1024;

    private readonly Dictionary<long, StoredQuestion> _byId = [];
    private readonly Dictionary<int, StoredQuestion> _bySlot = [];
    private readonly Dictionary<string, StoredQuestion> _byText = new(StringComparer.Ordinal);
    private readonly Stack<int> _freeSlots = new();
    private long _textBytes;

    public int Count => _byId.Count;

    public long Bytes => _byId.Count == 0 ? 0 : OwnBytes + _textBytes + index.Bytes;

    public IEnumerable<StoredQuestion> Entries => _byId.Values;

    public Embedding EmbeddingOf(StoredQuestion entry) => index.Get(entry.Slot);

    public StoredQuestion? Get(long id) => _byId.GetValueOrDefault(id);

    public StoredQuestion? Get(string text) => _byText.GetValueOrDefault(text);

    public StoredQuestion Add(long id, SemanticEntry entry)
    {
        var slot = _freeSlots.TryPop(out var free) ? free : _byId.Count;
        index.Add(slot, entry.Embedding);
        var stored = new StoredQuestion(id, slot, entry);
        _byId[id] = stored;
        _bySlot[slot] = stored;
        _byText[stored.Text] = stored;
        _textBytes += stored.Bytes;
        return stored;
    }

    public void Remove(long id)
    {
        if (!_byId.Remove(id, out var stored))
            return;
        _bySlot.Remove(stored.Slot);
        if (_byText.GetValueOrDefault(stored.Text) == stored)
            _byText.Remove(stored.Text);
        _freeSlots.Push(stored.Slot);
        index.Remove(stored.Slot);
        _textBytes -= stored.Bytes;
    }

    public (List<Candidate> Candidates, bool IsExact) Search(Embedding query, float floor, int max)
    {
        Span<Neighbour> nearest = stackalloc Neighbour[max];
        var outcome = index.Search(query, floor, nearest);
        var candidates = new List<Candidate>(outcome.Found);
        foreach (var neighbour in nearest[..outcome.Found])
        {
            var stored = _bySlot[neighbour.Slot];
            candidates.Add(new(stored.Id, stored.Text, stored.AnswerId, neighbour.Cosine));
        }
        return (candidates, outcome.IsExact);
    }
}

/// <summary>One that lies near, as it was when it was looked up.</summary>
internal readonly record struct Candidate(long Id, string Text, string AnswerId, float Cosine);
