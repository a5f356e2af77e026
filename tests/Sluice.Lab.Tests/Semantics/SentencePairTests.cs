using System.Globalization;
using System.Text.Json;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Indexing;
using Sluice.Lab.Semantics;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Semantics;

/// <summary>The embedder on sentences that are no questions. Rarities are learned from the texts themselves, without any label, as a tenant's are from its traffic.</summary>
public sealed class SentencePairTests(ITestOutputHelper output)
{
    [Fact]
    public void SimilarityFollowsPeoplesOnStsBenchmark()
    {
        var rows = File.ReadLines(SharedFolder.Path("data/semantic/stsb-en-test.csv")).Select(Fields).ToList();
        var weights = Learn(rows.SelectMany(r => new[] { r[0], r[1] }));
        var spearman = RankMetrics.Spearman([.. rows.Select(r => Cosine(weights, r[0], r[1]))], [.. rows.Select(r => double.Parse(r[2], CultureInfo.InvariantCulture))]);

        output.WriteLine($"{rows.Count} pairs, Spearman {spearman:0.0000}");
        Assert.Equal(1379, rows.Count);
        Assert.True(spearman >= 0.69, $"{spearman}");
    }

    [Fact]
    public void ParaphrasesOfNewsRankAboveOtherPairsWithAnAucOf75Percent()
    {
        var rows = File.ReadLines(SharedFolder.Path("data/semantic/mrpc_test.tsv")).Skip(1).Select(line => line.Split('\t')).ToList();
        var weights = Learn(rows.SelectMany(r => new[] { r[3], r[4] }));
        var auc = RankMetrics.Auc([.. rows.Select(r => Cosine(weights, r[3], r[4]))], [.. rows.Select(r => r[0] == "1")]);

        output.WriteLine($"{rows.Count} pairs, AUC {auc:0.0000}");
        Assert.Equal(1725, rows.Count);
        Assert.True(auc >= 0.75, $"{auc}");
    }

    /// <summary>GPTCache's own protocol: its 999 sentences are stored, and each is asked for in other words; the threshold comes from the other four fifths.</summary>
    [Fact]
    public void OfGptCachesOwnSentences72PercentAreFoundAndAtMost5PercentOfHitsAreWrong()
    {
        var rows = JsonSerializer.Deserialize<List<Dictionary<string, string>>>(File.ReadAllText(SharedFolder.Path("data/semantic/gptcache_mock_data.json")))!;
        var origins = rows.Select(r => r["origin"]).Distinct(StringComparer.Ordinal).ToArray();
        var embedder = new HashedEmbedder(Learn(origins));
        var index = embedder.CreateIndex();
        foreach (var (i, origin) in origins.Index())
            index.Add(i, CharacterFeatures.Of(origin)!);
        var matches = rows.ConvertAll(row =>
        {
            Span<Neighbour> nearest = stackalloc Neighbour[2];
            var found = index.Search(CharacterFeatures.Of(row["similar"])!, 0.1f, nearest).Found;
            return found == 0
                ? new ScoredMatch(0, 0, false)
                : new ScoredMatch(nearest[0].Cosine, nearest[0].Cosine - (found > 1 ? nearest[1].Cosine : 0), origins[nearest[0].Slot] == row["origin"]);
        });
        var (right, wrong) = (0, 0);
        for (var fold = 0; fold < 5; fold++)
        {
            var calibration = Calibrator.FromMatches(embedder.Identity, false, [.. matches.Where((_, i) => i % 5 != fold)], 0.95)!;
            foreach (var match in matches.Where((m, i) => i % 5 == fold && m.Score >= calibration.Threshold && m.Margin >= calibration.Margin))
                (right, wrong) = match.IsRight ? (right + 1, wrong) : (right, wrong + 1);
            output.WriteLine($"fold {fold}: {calibration}");
        }

        output.WriteLine($"right {right}, wrong {wrong}, missed {999 - right - wrong}; nearest is right for {matches.Count(m => m.IsRight)}");
        Assert.True(right >= 0.72 * 999, $"{right}");
        Assert.True(wrong <= 0.05 * (right + wrong), $"{wrong}");
    }

    private static RarityWeights Learn(IEnumerable<string> texts)
    {
        var frequencies = new DocumentFrequencies();
        foreach (var text in texts.Distinct(StringComparer.Ordinal))
            frequencies.Add(CharacterFeatures.Of(text)!);
        return frequencies.Freeze();
    }

    private static double Cosine(RarityWeights weights, string a, string b) => weights.Cosine(CharacterFeatures.Of(a)!, CharacterFeatures.Of(b)!);

    /// <summary>The three fields of a line in which quotation marks may hold commas.</summary>
    private static string[] Fields(string line)
    {
        var fields = new List<string> { "" };
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted)
                fields.Add("");
            else
                fields[^1] += c;
        }
        return [.. fields];
    }
}
