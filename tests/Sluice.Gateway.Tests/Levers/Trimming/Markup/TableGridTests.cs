using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Gateway.Tests.Levers.Trimming.Markup;

public sealed class TableGridTests
{
    private static readonly TrimOptions Csv = TrimOptions.Default;

    [Theory]
    // Spans stand in each place that they cover.
    [InlineData("<tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr>", "a,b\na,c")]
    [InlineData("<tr><td>x</td><td colspan=2>bye</td></tr><tr><td>1</td><td>2</td><td>3</td></tr>", "x,bye,bye\n1,2,3")]
    [InlineData("<tr><td>1</td><td>2</td><td rowspan=0>s</td></tr><tr><td>3</td></tr><tr><td>4</td><td>5</td></tr>", "1,2,s\n3,,s\n4,5,s")]
    // No span leaves its part of the table.
    [InlineData("<thead><tr><th rowspan=9>h</th><th>i</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody>", "h,i\n1,2")]
    [InlineData("<tfoot><tr><td>sum</td><td>3</td></tr></tfoot><tr><td>a</td><td>3</td></tr>", "a,3\nsum,3")]
    // A heading that spans all columns is written once.
    [InlineData("<tr><th>a</th><th>b</th></tr><tr><td colspan=2>Group</td></tr><tr><td>1</td><td>2</td></tr>", "a,b\nGroup,\n1,2")]
    // Two rows of headers become one.
    [InlineData("<tr><th rowspan=2>Coin</th><th colspan=2>1975</th></tr><tr><th>Front</th><th>Back</th></tr><tr><td>1</td><td>x</td><td>y</td></tr>", "Coin,1975 Front,1975 Back\n1,x,y")]
    // A column that only its header names is named beside it.
    [InlineData("<tr><th>Name</th><th>Image</th><th>Year</th></tr><tr><td>a</td><td><img src=x alt=\"a.jpg\"></td><td>1</td></tr>", "Name [empty: Image],Year\na,1")]
    [InlineData("<tr><th colspan=2>Name</th><th>Year</th></tr><tr><td style=\"background:red\"></td><td>a</td><td>1</td></tr>", "Name,Year\na,1")]
    [InlineData("<tr><td>a</td><td></td><td>b</td></tr>", "a,b")]
    [InlineData("<tr><td></td></tr><tr><td>a</td></tr>", "a")]
    public void BecomesARectangle(string rows, string expected) => Assert.Equal(expected, Trim(rows));

    [Theory]
    [InlineData("<td>12<sup class=\"reference\"><a href=\"#cite-3\">[3]</a></sup></td>", "12")]
    [InlineData("<td>12<sup><a href=\"#note\">[a]</a></sup></td>", "12")]
    [InlineData("<td>10<sup>6</sup> m<sup>2</sup> 1<sup>st</sup></td>", "10^6 m2 1st")]
    [InlineData("<td><span style=\"display: none\">007</span>7<span class=\"sortkey\">0</span><span hidden>x</span></td>", "7")]
    [InlineData("<td>a<br>b<p>c</p>d</td>", "a b c d")]
    [InlineData("<td> a&nbsp;&nbsp;b\n\n c &amp; d</td>", "a b c & d")]
    [InlineData("<td>Say \"hi\", you</td>", "\"Say \"\"hi\"\", you\"")]
    [InlineData("<td><img alt=\"Yes\"></td>", "Yes")]
    [InlineData("<td><img alt=\"Flag\"> Peru</td>", "Peru")]
    [InlineData("<td><input type=checkbox checked> <input value=\"5\"><select><option>x<option selected>y</select></td>", "[x] 5 y")]
    [InlineData("<td><a href=\"/wiki/Bern\">Bern</a></td>", "Bern")]
    public void CellsBecomeWhatAReaderSees(string cell, string expected) => Assert.Equal(expected, Trim($"<tr>{cell}</tr>"));

    [Fact]
    public void ATableWithinACellIsWrittenOnOneLine() =>
        Assert.Equal("a,\"1, 2; 3, 4\"", Trim("<tr><td>a</td><td><table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table></td></tr>".Replace("<tr><td>a", "<tr><th>a", StringComparison.Ordinal)));

    [Fact]
    public void TheCaptionStandsInTheHeaderOrInARowOfItsOwn()
    {
        Assert.Equal("City [table: Swiss cities],Size\nBern,1", Trim("<caption>Swiss cities</caption><tr><th>City</th><th>Size</th></tr><tr><td>Bern</td><td>1</td></tr>"));
        Assert.Equal("Swiss cities,\nBern,1", Trim("<caption>Swiss cities</caption><tr><td>Bern</td><td>1</td></tr>"));
    }

    [Fact]
    public void LinksKeepWhereTheyLeadIfTheOwnerSaysSo() =>
        Assert.Equal("Bern (/wiki/Bern)", TextTrimmer.Trim("<table><tr><td><a class=\"mw-redirect\" href=\"/wiki/Bern\">Bern</a></td></tr></table>", Csv with { KeepUrls = true }).Text);

    [Fact]
    public void NoteMarksStayIfTheOwnerSaysSo() =>
        Assert.Equal("12[3]", TextTrimmer.Trim("<table><tr><td>12<sup class=reference><a href=\"#n\">[3]</a></sup></td></tr></table>", Csv with { KeepFootnoteMarkers = true }).Text);

    [Fact]
    public void CanBeMarkdown() => Assert.Equal(
        "Cities\n\n| a | b\\|c |\n|-|-|\n| 1 | |\n| 2 | x |",
        TextTrimmer.Trim("<table class=\"wikitable\"><caption>Cities</caption><tr><th>a</th><th>b|c</th></tr><tr><td>1</td><td></td></tr><tr><td>2</td><td>x</td></tr></table>", Csv with { Table = TableFormat.Markdown }).Text);

    private static string Trim(string rows) => TextTrimmer.Trim($"<table class=\"wikitable sortable\" style=\"text-align:center\">{rows}</table>", Csv).Text;
}
