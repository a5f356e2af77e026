using System.CommandLine;
using System.Text;
using Sluice.Commands.Trim;

namespace Sluice.Tests.Commands.Trim;

public sealed class TrimCommandTests : IDisposable
{
    private const string Table = "<table class=\"wikitable\"><tr><th>City</th><th>Size</th></tr><tr><td><a href=\"/wiki/Bern\">Bern</a></td><td>133,883</td></tr></table>\n";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("City,Size\nBern,\"133,883\"\n")]
    [InlineData("City,Size\nBern,\"133,883\"", "--as", "html-table")]
    [InlineData("| City | Size |\n|-|-|\n| Bern | 133,883 |", "--as", "html-table", "--to", "markdown")]
    [InlineData("City,Size\nBern (/wiki/Bern),\"133,883\"", "--as", "html", "--keep-urls")]
    [InlineData("City,Size\nBern,\"133,883\"\n", "--as", "text")]
    public void PrintsWhatWouldBeSent(string expected, params string[] options)
    {
        File.WriteAllText(_file, Table);
        var (code, output, error) = Run([_file, .. options]);
        Assert.Equal((0, expected), (code, output));
        Assert.Matches(@"^tokens: \d+ \(±\d+ %\) before, \d+ \(±\d+ %\) after, \d\d\.\d % fewer \(estimated\)\n", error);
        Assert.Contains("HTML table of 2 rows and 2 columns as", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadsStandardInputWithoutAFile()
    {
        var (code, output, _) = Run([], "{ \"größe\": [ 1.50, 2 ],\n  \"b\": null }");
        Assert.Equal((0, "{\"größe\":[1.50,2],\"b\":null}"), (code, output));
    }

    [Theory]
    [InlineData("Just words.", "nothing to trim was found")]
    [InlineData("{ \"cut\": \"off, so this is no JSON at all\" ", "nothing to trim was found")]
    [InlineData("{ \"a\": 1, \"b\": oops, \"c\": [ 1, 2, 3 ] }", "stays as it is")]
    [InlineData("", "tokens: 0 (±12 %) before")]
    public void WhatIsLeftAloneIsPrintedAsItWasWithTheReason(string text, string reason)
    {
        var (code, output, error) = Run([], text);
        Assert.Equal((0, text), (code, output));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--as", "xml")]
    [InlineData("--to", "tsv")]
    [InlineData("--unknown")]
    [InlineData("one.html", "two.html")]
    public void WrongUsageIsAnErrorOfTheCommandLine(params string[] arguments) => Assert.NotEmpty(Root().Parse(["trim", .. arguments]).Errors);

    [Fact]
    public void TheChoicesAreNamedWhereOneIsWrong() =>
        Assert.Equal("--as xml: write html-table, html, json or text.", Assert.Single(Root().Parse(["trim", "--as", "xml"]).Errors).Message);

    [Fact]
    public void AFileThatIsNotThereOrNotTextCouldNotBeRun()
    {
        var (code, output, error) = Run([_file + ".gone"]);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains(_file + ".gone can't be read", error, StringComparison.Ordinal);

        File.WriteAllBytes(_file, [(byte)'{', 0xff, 0xfe, (byte)'}']);
        (code, output, error) = Run([_file]);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains("is not text in UTF-8; convert it first", error, StringComparison.Ordinal);
    }

    [Fact]
    public void HelpHasExamplesAndExitCodes()
    {
        var (code, output, _) = Run(["--help"]);
        Assert.Equal(0, code);
        Assert.Contains("sluice trim table.html --as html-table --to markdown", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", output, StringComparison.Ordinal);
        Assert.Contains("html-table|html|json|text", output, StringComparison.Ordinal);
    }

    private static RootCommand Root(string input = "") => [TrimCommand.Create(() => new MemoryStream(Encoding.UTF8.GetBytes(input)))];

    private static (int Code, string Output, string Error) Run(string[] arguments, string input = "")
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = Root(input).Parse(["trim", .. arguments]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
