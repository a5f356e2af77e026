using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Indexing;

public sealed class SparseIndexTests
{
    private static readonly string[] Words = [.. Enumerable.Range(0, 400).Select(i => $"{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}{"aeiou"[i % 5]}{(char)('b' + (i % 19))}")];

    /// <summary>
    /// Below 1,024 entries by a scan and above by postings, whose classes are made anew on the way to 9,000; after removals and in
    /// slots that were used before. Queries are texts of all kinds: near an entry, of rare words, of nothing but the most frequent.
    /// </summary>
    [Theory]
    [InlineData(300)]
    [InlineData(3000)]
    [InlineData(9000)]
    public void FindsWhatAComparisonWithEachFinds(int count)
    {
        var random = new Random(count);
        var texts = Enumerable.Range(0, count).Select(_ => Sentence(random)).ToArray();
        var embeddings = texts.Select(t => CharacterFeatures.Of(t)!).ToArray();
        var frequencies = new DocumentFrequencies();
        foreach (var embedding in embeddings)
            frequencies.Add(embedding);
        var weights = frequencies.Freeze();
        var index = new SparseIndex(weights);
        for (var i = 0; i < count; i++)
            index.Add(i, embeddings[i]);
        for (var i = 0; i < count; i += 7)
        {
            index.Remove(i);
            if (i % 2 == 0)
                index.Add(i, embeddings[i] = CharacterFeatures.Of(Sentence(random))!);
        }
        var alive = Enumerable.Range(0, count).Where(i => i % 7 != 0 || i % 2 == 0).ToArray();
        Assert.Equal(alive.Length, index.Count);

        Span<Neighbour> nearest = stackalloc Neighbour[3];
        for (var round = 0; round < 100; round++)
        {
            var query = CharacterFeatures.Of((round % 4) switch
            {
                0 => Sentence(random),
                1 => $"{texts[random.Next(count)]} {Words[random.Next(Words.Length)]}",
                2 => string.Join(' ', Enumerable.Range(0, 5).Select(_ => Words[random.Next(Words.Length)])),
                _ => string.Join(' ', Enumerable.Range(0, 5).Select(_ => Words[random.Next(4)])),
            })!;
            var floor = 0.95f * random.NextSingle();
            var outcome = index.Search(query, floor, nearest);
            var expected = alive.Select(i => weights.Cosine(query, embeddings[i])).Where(c => c >= floor).OrderDescending().Take(3).ToArray();
            Assert.True(outcome.IsExact);
            Assert.Equal(expected.Length, outcome.Found);
            for (var i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], nearest[i].Cosine, 4);
        }
    }

    [Fact]
    public void GivesBackWhatWasAdded()
    {
        var index = new SparseIndex(RarityWeights.Unweighted);
        var embedding = CharacterFeatures.Of("What is what, and what is not what it was?")!;
        index.Add(3, embedding);
        var back = index.Get(3);
        Assert.Equal(embedding.Dimensions, back.Dimensions);
        Assert.Equal(embedding.Counts, back.Counts);
    }

    [Fact]
    public void FiftyThousandQuestionsTakeLessThan64Megabytes()
    {
        var random = new Random(5);
        var index = new SparseIndex(RarityWeights.Unweighted);
        for (var i = 0; i < 50_000; i++)
            index.Add(i, CharacterFeatures.Of($"{Sentence(random)} {Sentence(random)} {i}")!);
        Assert.InRange(index.Bytes, 10_000_000, 64_000_000);
    }

    /// <summary>Above 100,000 entries it may miss one, and then says so; what is the same text it does not miss.</summary>
    [Fact]
    public void BeyondTheExactSizeWhatItMayHaveMissedIsSaid()
    {
        var random = new Random(7);
        Embedding[] entries = [.. Enumerable.Range(0, SparseIndex.MaxExactEntries + 1000).Select(_ => CharacterFeatures.Of(Sentence(random))!)];
        var frequencies = new DocumentFrequencies();
        foreach (var entry in entries)
            frequencies.Add(entry);
        var weights = frequencies.Freeze();
        var index = new SparseIndex(weights);
        foreach (var (slot, entry) in entries.Index())
            index.Add(slot, entry);
        Span<Neighbour> nearest = stackalloc Neighbour[1];
        for (var i = 0; i < 20; i++)
        {
            var query = entries[random.Next(entries.Length)];
            var outcome = index.Search(query, 0.5f, nearest);
            Assert.Equal(1, outcome.Found);
            Assert.Equal(1, nearest[0].Cosine, 4);
            var other = CharacterFeatures.Of(Sentence(random))!;
            if (index.Search(other, 0.5f, nearest) is { IsExact: true, Found: 1 })
                Assert.Equal(entries.Max(e => weights.Cosine(other, e)), nearest[0].Cosine, 4);
        }
    }

    [Fact]
    public void AnEmptyIndexFindsNothing()
    {
        Span<Neighbour> nearest = stackalloc Neighbour[1];
        Assert.Equal(new SearchOutcome(0, true), new SparseIndex(RarityWeights.Unweighted).Search(CharacterFeatures.Of("anything")!, 0.1f, nearest));
    }

    private static string Sentence(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(3, 8)).Select(_ => Words[(int)(Words.Length * Math.Pow(random.NextDouble(), 3))]));
}
