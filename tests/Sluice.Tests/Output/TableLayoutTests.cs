using FsCheck;
using FsCheck.Fluent;
using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class TableLayoutTests
{
    private static readonly string[] Ids = ["anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-lite-v1:0"];

    [Fact]
    public void WithoutAWidthEachRowIsOneLine()
    {
        var lines = Lines(null, Text("model", Ids), Text("why", "A long sentence that would have to be wrapped on any terminal there is, and then some more.", "short"));

        Assert.Equal(4, lines.Length);
        Assert.StartsWith(Ids[0], lines[2]);
        Assert.EndsWith("some more.", lines[2]);
    }

    [Fact]
    public void ProseWrapsBetweenWordsAndShortTextsDoNot()
    {
        var lines = Lines(60, Text("hour", "2026-11-21 12:00", "2026-11-21 13:00"), Text("why", "A long sentence that would have to be wrapped on most terminals, even those of a hundred columns."));

        Assert.All(lines, l => Assert.InRange(l.Length, 0, 60));
        Assert.Single(lines, l => l.StartsWith("2026-11-21 12:00  A long", StringComparison.Ordinal));
    }

    [Fact]
    public void SaysOnceWhatEveryRowHasOnlyWhenTheTableDoesNotFit()
    {
        TableColumn[] columns = [Text("app", "chat", "search"), Text("currency", "USD", "USD") with { Constant = "USD" }];

        Assert.Equal("app     currency", Lines(40, columns)[0]);
        var narrow = Lines(13, columns);
        Assert.Equal("app", narrow[0]);
        Assert.Equal("In every row:", narrow[^2]);
        Assert.Equal("currency USD.", narrow[^1]);
    }

    [Fact]
    public void AnEmptyColumnIsLeftOutAndNamed()
    {
        var lines = Lines(null, Text("key_id", "SLCA"), Text("revoked_at", "-") with { IsEmpty = true });

        Assert.Equal("key_id", lines[0]);
        Assert.Equal("Empty in every row: revoked_at.", lines[^1]);
    }

    [Fact]
    public void CountsAreAbbreviatedBeforeProseIsWrapped()
    {
        var tokens = new TableColumn { Header = "input", IsNumber = true, Cells = ["456,644,000"], Abbreviated = ["456.6 M"] };

        Assert.Contains("456,644,000", string.Join('\n', Lines(28, Text("model", "claude-sonnet"), tokens)));
        Assert.Contains("456.6 M", string.Join('\n', Lines(24, Text("model", "claude-sonnet"), tokens)));
    }

    [Fact]
    public void TheEmptiestCountsGoFirstAndAreNamed()
    {
        TableColumn Count(string name, int counts, params string[] cells) => new() { Header = name, IsNumber = true, Counts = counts, Cells = cells };

        var lines = Lines(20, Text("app", "chat", "search"), Count("input", 2, "1,000", "2,000"), Count("written", 1, "0", "1,000"));

        Assert.Equal("app     input", lines[0]);
        Assert.Equal("Left out, as there is no room: written; --format csv has them.", string.Join(' ', lines[4..]));
    }

    [Fact]
    public void ATableThatFitsNowhereBecomesRecords()
    {
        var lines = Lines(50, Text("model", Ids), Text("key_id", "SLCERTPFV7PJ222MNDWI", "SLCAAAAAAAAAAAAAAAAA"));

        Assert.Equal(["model   " + Ids[0], "key_id  SLCERTPFV7PJ222MNDWI", "", "model   " + Ids[1], "key_id  SLCAAAAAAAAAAAAAAAAA"], lines);
    }

    [Fact]
    public void NoWordIsEverBroken() => Prop.ForAll(
        Gen.Elements("a", "app", "1,234.56", "2026-11-21T12:00:00Z", Ids[0], "to", "日本語", "it pays").ArrayOf(12).ToArbitrary(),
        Gen.Choose(1, 130).ToArbitrary(),
        (words, width) =>
        {
            var written = Lines(width, Text("first", words[..3]), Text("second column", words[3..6]), Text("third", [.. words[6..9].Select(w => $"{w} and {words[9]} so {words[10]}")]));
            var shown = written.SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToHashSet();
            return Array.TrueForAll(words[..11], w => w.Split(' ').All(shown.Contains));
        }).QuickCheckThrowOnFailure();

    private static TableColumn Text(string header, params string[] cells) => new() { Header = header, Cells = cells.Length == 1 && header == "why" ? [cells[0], "no"] : cells };

    private static string[] Lines(int? width, params TableColumn[] columns)
    {
        var output = new StringWriter { NewLine = "\n" };
        TableLayout.Write(output, columns, width);
        return output.ToString().TrimEnd('\n').Split('\n');
    }
}
