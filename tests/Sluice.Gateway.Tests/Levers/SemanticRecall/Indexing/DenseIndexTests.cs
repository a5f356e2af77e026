using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Indexing;

public sealed class DenseIndexTests
{
    /// <summary>70 dimensions leave a rest behind every width of vector registers.</summary>
    [Theory]
    [InlineData(70)]
    [InlineData(256)]
    public void FindsTheNearestByARoundedCosine(int dimensions)
    {
        var random = new Random(dimensions);
        var vectors = Enumerable.Range(0, 500).Select(_ => Vector(random, dimensions)).ToArray();
        var index = new DenseIndex(dimensions);
        for (var i = 0; i < vectors.Length; i++)
            index.Add(i, vectors[i]);
        index.Remove(17);
        Span<Neighbour> nearest = stackalloc Neighbour[2];
        for (var i = 0; i < vectors.Length; i++)
        {
            var outcome = index.Search(vectors[i], -1, nearest);
            Assert.True(outcome.IsExact);
            if (i == 17)
                Assert.NotEqual(17, nearest[0].Slot);
            else
                Assert.Equal((i, 1f), (nearest[0].Slot, MathF.Round(nearest[0].Cosine, 2)));
            var exact = vectors[i].Values.Zip(vectors[nearest[1].Slot].Values, (x, y) => x * y).Sum();
            Assert.Equal(exact, nearest[1].Cosine, 0.01);
        }
    }

    [Fact]
    public void AnEmbeddingOfAnotherLengthIsRefused() =>
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => new DenseIndex(4).Add(0, Embedding.Dense([1, 2, 3]))).Message, StringComparison.Ordinal);

    private static Embedding Vector(Random random, int dimensions) => Embedding.Dense([.. Enumerable.Range(0, dimensions).Select(_ => random.NextSingle() - 0.5f)]);
}
