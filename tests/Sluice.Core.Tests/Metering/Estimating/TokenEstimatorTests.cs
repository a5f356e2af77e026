using System.IO.Compression;
using System.Text.Json;
using Sluice.Core.Metering.Estimating;
using Sluice.Testing;

namespace Sluice.Core.Tests.Metering.Estimating;

public sealed class TokenEstimatorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(ContentKind.Prose, "The quick brown fox jumps over the lazy dog, and nobody is surprised. It has done so for a hundred years.")]
    [InlineData(ContentKind.Code, "for (var i = 0; i < n; i++)\n{\n    total += Price(items[i]);\n}\n")]
    [InlineData(ContentKind.Json, "{\"name\":\"Bern\",\"population\":133883,\"twin\":[\"Salzburg\"]}")]
    [InlineData(ContentKind.Csv, "City,Canton,Population,Since\nBern,BE,133883,1191\nZug,ZG,30542,1242\n")]
    [InlineData(ContentKind.Markup, "<table><tr><td>Bern</td><td>133,883</td></tr></table>")]
    [InlineData(ContentKind.Script, "Быстрая лиса прыгает через ленивую собаку, и никто не удивлён.")]
    [InlineData(ContentKind.Script, "敏捷的狐狸跳过了懒狗，没有人感到惊讶。")]
    [InlineData(ContentKind.Dense, "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg")]
    public void SeesWhatATextIsMadeOf(ContentKind kind, string text)
    {
        var estimate = TokenEstimator.Estimate(text);
        Assert.Equal(kind, estimate.Kind);
        Assert.InRange(estimate.RelativeError, 0.01, 0.2);
        Assert.InRange(estimate.Tokens, text.Length / 8, text.Length);
    }

    [Fact]
    public void NoTextHasNoTokensAndAnyTextHasSome()
    {
        Assert.Equal(0, TokenEstimator.Estimate("").Tokens);
        Assert.Equal(1, TokenEstimator.Estimate("a").Tokens);
    }

    [Fact]
    public void BoundsSpanTheError() => Assert.Equal((87, 113), (new TokenEstimate(ContentKind.Prose, 100, 0.125).Low, new TokenEstimate(ContentKind.Prose, 100, 0.125).High));

    [Fact]
    public void AllocatesNothing()
    {
        var text = string.Concat(Enumerable.Repeat("Some words, 12 numbers and \"quotes\"; größer.\n", 200));
        Assert.Equal(0, Allocations.Of(() => TokenEstimator.Estimate(text)));
    }

    /// <summary>Exact counts of real pages, tables and CSV (token_counts_o200k.csv): nine of ten estimates must lie within the error that they state.</summary>
    [Fact]
    public void NineOfTenRealTablesLieWithinTheStatedError()
    {
        var counts = File.ReadLines(SharedFolder.Path("data/htmltables/token_counts_o200k.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(f => f[0], f => new[] { long.Parse(f[1]), long.Parse(f[2]), long.Parse(f[3]) }, StringComparer.Ordinal);
        var csv = Lines("data/htmltables/expected_csv_rfc4180.jsonl.gz").ToDictionary(line => Text(line, "id"), line => Text(line, "csv"), StringComparer.Ordinal);
        var errors = Lines("data/htmltables/wikitables.jsonl.gz").SelectMany(line => new[] { Text(line, "page_html"), Text(line, "table_html"), csv[Text(line, "id")] }
            .Select((text, i) => (What: new[] { "page", "table", "CSV" }[i], Estimate: TokenEstimator.Estimate(text), True: counts[Text(line, "id")][i]))).ToList();
        foreach (var group in errors.GroupBy(e => e.What, StringComparer.Ordinal))
        {
            var relative = group.Select(e => ((double)e.Estimate.Tokens / e.True) - 1).ToList();
            output.WriteLine($"{group.Key}: bias {relative.Average():+0.0 %;-0.0 %}, mean error {relative.Average(Math.Abs):0.0 %}, nine of ten within {relative.Select(Math.Abs).Order().ElementAt(group.Count() * 9 / 10):0.0 %}, total {(double)group.Sum(e => e.Estimate.Tokens) / group.Sum(e => e.True):0.000}");
        }
        var within = errors.Count(e => e.True >= e.Estimate.Low && e.True <= e.Estimate.High);
        output.WriteLine($"{within} of {errors.Count} within the stated error");
        Assert.True(within >= 0.9 * errors.Count, $"{within} of {errors.Count}");
    }

    private static IEnumerable<JsonElement> Lines(string relative)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedFolder.Path(relative)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return JsonSerializer.Deserialize<JsonElement>(line);
    }

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;
}
