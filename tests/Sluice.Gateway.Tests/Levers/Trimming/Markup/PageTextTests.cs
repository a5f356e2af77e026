using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Gateway.Tests.Levers.Trimming.Markup;

public sealed class PageTextTests
{
    [Fact]
    public void APageBecomesItsContent()
    {
        const string Page = """
            <!doctype html>
            <html><head><title>Cities</title><style>td { color: red }</style></head>
            <body>
            <nav><a href="/">Home</a></nav>
            <h1>Swiss   cities</h1>
            <p>There are <b>many</b>, see <a href="/list">the list</a>.<sup class="reference">[1]</sup></p>
            <ul><li>Bern</li><li><p>Zug</p><ol><li>old town</li><li>lake</li></ol></li><li></li></ul>
            <blockquote>Nice.</blockquote>
            <pre>a
              b</pre>
            <table><tr><th>City</th><th>Size</th></tr><tr><td>Bern</td><td>1</td></tr></table>
            <script>alert("no");</script>
            <p>The end.</p>
            </body></html>
            """;
        var result = TextTrimmer.TrimProvable(Page, TrimOptions.Default);
        Assert.Equal(
            """
            Cities

            # Swiss cities

            There are many, see the list.

            - Bern
            - Zug
              1. old town
              2. lake

            > Nice.

            ```
            a
              b
            ```

            City,Size
            Bern,1

            The end.
            """.ReplaceLineEndings("\n"), result.Text);
        Assert.Equal("HTML page as its content, HTML table of 2 rows and 2 columns as CSV", Assert.Single(result.Edits).Why);
    }

    [Fact]
    public void NavigationAndUrlsStayIfTheOwnerSaysSo() => Assert.Equal(
        "[Home](/home)\nSee [the list](/list).",
        TextTrimmer.TrimProvable("<html><body><nav><a href=\"/home\">Home</a></nav><p>See <a href=\"/list\">the list</a>.</p></body></html>".Replace("<p>", "<div>", StringComparison.Ordinal).Replace("</p>", "</div>", StringComparison.Ordinal),
            TrimOptions.Default with { KeepNavigation = true, KeepUrls = true }).Text);

    [Fact]
    public void ATableForLayoutIsNoTable() => Assert.Equal(
        "Left\na,b\n1,2",
        TextTrimmer.TrimProvable("<html><body><table><tr><td>Left</td></tr><tr><td><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></td></tr></table></body></html>", TrimOptions.Default)
            .Text.Replace("\n\n", "\n", StringComparison.Ordinal));

    [Fact]
    public void APageThatWasCutOffIsReadOnlyWhereItIsMarked()
    {
        const string Page = "<!doctype html><html><body><div class=\"content\"><p>First.</p><p>Sec";
        Assert.Same(Page, TextTrimmer.TrimProvable(Page, TrimOptions.Default).Text);
        Assert.Equal("First.\n\nSec", TextTrimmer.Trim(Page, TrimOptions.Default).Text);
    }
}
