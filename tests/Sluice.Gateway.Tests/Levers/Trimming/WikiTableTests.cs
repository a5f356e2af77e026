using System.Net;
using System.Text.RegularExpressions;
using Sluice.Gateway.Levers.Trimming;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>Real Wikipedia tables (WikiTableQuestions) against their cleaned CSV, which leaves out headings, captions and empty columns that we keep.</summary>
public sealed partial class WikiTableTests(O200kTokenizer tokenizer, ITestOutputHelper output)
{
    private const string Folder = "data/htmltables/";

    [Fact]
    public async Task CostAtMostTwoPercentMoreTokensThanTheGoldenCsv()
    {
        var tables = Tables();
        var known = Counts();
        var counts = await tokenizer.CountAsync(tables.Select(t => t.Csv).Append(tables[0].Html));
        Assert.Equal(known[tables[0].Id].Table, counts[^1]); // The counts of the file are of this very tokenizer.
        var ratio = (double)counts.Take(tables.Count).Sum() / tables.Sum(t => known[t.Id].Csv);
        var savings = tables.Select((t, i) => 1 - ((double)counts[i] / known[t.Id].Table)).Order().ToList();
        output.WriteLine($"{counts.Take(tables.Count).Sum()} tokens, {ratio:0.0000} of the golden CSV; saving against table HTML p10/p50/p90 {savings[10]:0.000} {Median(savings):0.000} {savings[90]:0.000}");
        Assert.InRange(ratio, 0.5, 1.02);
        Assert.True(Median(savings) >= 0.82, $"median saving {Median(savings)}");
        Assert.All(tables.Select((t, i) => (known[t.Id].Table, counts[i])), pair => Assert.True(pair.Item2 <= pair.Table));
    }

    [Fact]
    public void KeepTheAnswersToTheirQuestions()
    {
        var tables = Tables().ToDictionary(t => t.Id, StringComparer.Ordinal);
        var (asked, kept) = (0, 0);
        foreach (var question in SharedLines.Of(Folder + "questions.jsonl"))
        {
            var table = tables[question.Text("table")];
            var source = Flat(WebUtility.HtmlDecode(Tag().Replace(table.Html, "")));
            var cells = Flat(string.Join(' ', Rfc4180.Parse(table.Csv).SelectMany(row => row)));
            foreach (var answer in question.GetProperty("answer").EnumerateArray().Select(a => Flat(a.GetString()!)).Where(a => source.Contains(a, StringComparison.Ordinal)))
            {
                asked++;
                kept += cells.Contains(answer, StringComparison.Ordinal) ? 1 : 0;
            }
        }
        output.WriteLine($"{kept} of {asked} answers kept");
        Assert.True(asked > 900);
        Assert.True(kept >= 0.995 * asked, $"{kept} of {asked}");
    }

    [Fact]
    public void HaveTheShapeAndTheCellsOfTheGoldenCsv()
    {
        var golden = SharedLines.Of(Folder + "expected_csv_rfc4180.jsonl.gz").ToDictionary(line => line.Text("id"), line => Rfc4180.Parse(line.Text("csv")), StringComparer.Ordinal);
        var (shapes, cells, equal) = (0, 0, 0);
        foreach (var table in Tables())
        {
            var (expected, actual) = (golden[table.Id], Rfc4180.Parse(table.Csv));
            if (expected.Count != actual.Count || expected[0].Length != actual[0].Length)
                continue;
            shapes++;
            cells += expected.Count * expected[0].Length;
            equal += expected.Zip(actual).Sum(rows => rows.First.Zip(rows.Second).Count(pair => Flat(pair.First) == Flat(pair.Second)));
        }
        output.WriteLine($"{shapes} of {golden.Count} of the same shape, {equal} of {cells} cells equal there");
        Assert.True(shapes >= golden.Count * 110 / 150.0, $"{shapes} shapes");
        Assert.True(equal >= 0.97 * cells, $"{equal} of {cells} cells");
    }

    [Fact]
    public void AreRectanglesThatRoundTripThroughRfc4180()
    {
        foreach (var table in Tables())
        {
            var rows = Rfc4180.Parse(table.Csv);
            Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
            Assert.Equal(table.Csv, string.Join('\n', rows.Select(row => string.Join(',', row.Select(Quoted)))));
        }

        static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    /// <summary>By plain pattern matching over the source, which shares nothing with what reads it in the product.</summary>
    [Fact]
    public void LoseNoVisibleWordOfAnyCell()
    {
        var words = 0;
        foreach (var table in Tables())
        {
            var cells = Flat(string.Join(' ', Rfc4180.Parse(table.Csv).SelectMany(row => row))).Replace("^", "", StringComparison.Ordinal);
            var source = Hidden().Replace(Footnote().Replace(table.Html, ""), "");
            foreach (Match cell in CellOf().Matches(source))
            {
                var text = Flat(WebUtility.HtmlDecode(Tag().Replace(Break().Replace(cell.Groups["text"].Value, " "), "")));
                words += text.Split(' ').Length;
                text = text.Replace("^", "", StringComparison.Ordinal); // Written in front of exponents, and taken out of the cells above.
                Assert.True(cells.Contains(text, StringComparison.Ordinal), $"{table.Id} lost: {text}");
            }
        }
        output.WriteLine($"{words} words kept");
    }

    [Fact]
    public async Task PagesBecomeTheirContentAndNeverMoreTokens()
    {
        var pages = SharedLines.Of(Folder + "wikitables.jsonl.gz").Select(line => (Id: line.Text("id"), Html: line.Text("page_html"))).ToList();
        var counts = await tokenizer.CountAsync(pages.Select(p => TextTrimmer.TrimAs(p.Html, TextShape.HtmlPage, TrimOptions.Default).Text));
        var known = Counts();
        var savings = pages.Select((p, i) => 1 - ((double)counts[i] / known[p.Id].Page)).Order().ToList();
        output.WriteLine($"{known.Values.Sum(k => k.Page)} tokens of pages become {counts.Sum()}; saving p10/p50/p90 {savings[10]:0.000} {Median(savings):0.000} {savings[90]:0.000}");
        Assert.True(savings[0] >= 0);
        Assert.True(Median(savings) >= 0.8);
    }

    private static List<(string Id, string Html, string Csv)> Tables() =>
        [.. SharedLines.Of(Folder + "wikitables.jsonl.gz").Select(line => (line.Text("id"), line.Text("table_html"), TextTrimmer.TrimProvable(line.Text("table_html"), TrimOptions.Default).Text.TrimEnd('\n')))];

    private static Dictionary<string, (int Page, int Table, int Csv)> Counts() =>
        File.ReadLines(SharedFolder.Path(Folder + "token_counts_o200k.csv")).Skip(1).Select(line => line.Split(','))
            .ToDictionary(f => f[0], f => (int.Parse(f[1]), int.Parse(f[2]), int.Parse(f[3])), StringComparer.Ordinal);

    private static double Median(List<double> sorted) => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    private static string Flat(string text) => Blanks().Replace(text, " ").Trim();

    [GeneratedRegex(@"[\s\u00a0]+", RegexOptions.None, 5000)]
    private static partial Regex Blanks();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 5000)]
    private static partial Regex Tag();

    [GeneratedRegex("<(br|/?p|/?li|/?ul|/?div|/?center|hr)[^>]*>", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Break();

    [GeneratedRegex("<(?<tag>t[dh])(\\s[^>]*)?>(?<text>.*?)</\\k<tag>>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex CellOf();

    [GeneratedRegex("<sup class=\"reference[^>]*>.*?</sup>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Footnote();

    [GeneratedRegex("<span[^>]*(display:\\s*none|visibility:\\s*hidden|class=\"sortkey)[^>]*>(?>(?!</?span).|(?<open><span)|(?<-open></span>))*(?(open)(?!))</span>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Hidden();
}
