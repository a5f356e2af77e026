using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>Which calls may be given the answer to a question in other words, and how sure that must be.</summary>
public sealed record SemanticRecallOptions
{
    /// <summary>A stored answer is served for this long.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Also calls that do not ask for temperature 0.</summary>
    public bool Sampled { get; init; }

    /// <summary>The largest share of wrong answers, of <see cref="Basis"/>.</summary>
    public double ErrorRate { get; init; } = 0.01;

    public ErrorBasis Basis { get; init; } = ErrorBasis.Hits;

    /// <summary>An embedding model on Bedrock, whose calls are billed; null for the embedder that needs none.</summary>
    public ModelIdentifier? Embedder { get; init; }

    /// <summary>What <c>sluice semantic train</c> wrote; null for none.</summary>
    public string? ModelFile { get; init; }

    /// <summary>The model that says whether a stored answer would have done, where its text is not that of the fresh one; null where then it would not.</summary>
    public ModelIdentifier? Judge { get; init; }

    /// <summary>The judge's points, from 1 to 10, of a stored answer that would have done. Default 7.</summary>
    public int JudgePoints { get; init; } = 7;

    /// <summary>Bytes for questions and answers together, half of it for each.</summary>
    public long MaxBytes { get; init; } = 64L << 20;

    /// <summary>Questions, answers and what was learned are kept on the disk too, in about so many bytes, and survive a restart. Default 0.</summary>
    public long DiskBytes { get; init; }

    /// <summary>The part that decides what is remembered and served. Options that are equal in it share a memory.</summary>
    internal SemanticRecallOptions OfMemory => this with { Lifetime = default, Sampled = false };
}
