using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>Finds the nearest of many embeddings by cosine. Slots are small numbers that the caller gives and may give again. Not thread-safe.</summary>
public interface IVectorIndex
{
    int Count { get; }

    /// <summary>About what it takes in memory.</summary>
    long Bytes { get; }

    void Add(int slot, Embedding embedding);

    void Remove(int slot);

    /// <summary>What was added under a slot, as exactly as it is kept.</summary>
    Embedding Get(int slot);

    /// <summary>Fills <paramref name="nearest"/>, the nearest first, with those whose cosine is at least <paramref name="floor"/>.</summary>
    SearchOutcome Search(Embedding query, float floor, Span<Neighbour> nearest);
}

/// <summary>One that was found.</summary>
public readonly record struct Neighbour(int Slot, float Cosine);

/// <param name="Found">How many were found, as many as there was room for at most.</param>
/// <param name="IsExact">No nearer one can have been missed.</param>
public readonly record struct SearchOutcome(int Found, bool IsExact);
