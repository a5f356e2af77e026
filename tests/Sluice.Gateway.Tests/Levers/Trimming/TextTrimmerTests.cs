using Sluice.Gateway.Levers.Trimming;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Trimming;

public sealed class TextTrimmerTests
{
    private const string Table = "<table class=\"wikitable sortable\"><tr><th>Name</th><th>Population</th></tr><tr><td><a href=\"/wiki/Bern\">Bern</a></td><td>133,883</td></tr></table>";
    private const string Json = """
        {
          "b": 1.50,
          "a": [ 1e3, "two  words", null ],
          "b": "\u0041 \/"
        }
        """;

    private static readonly TrimOptions Options = TrimOptions.Default;

    [Fact]
    public void ATableThatIsTheWholeTextBecomesCsv()
    {
        var result = TextTrimmer.TrimProvable($"\n{Table}\n", Options);
        Assert.Equal("\nName,Population\nBern,\"133,883\"\n", result.Text);
        var edit = Assert.Single(result.Edits);
        Assert.Equal((TrimKinds.Tables, "HTML table of 2 rows and 2 columns as CSV"), (edit.Kind, edit.Why));
        Assert.Equal(TrimKinds.Tables, result.Kinds);
    }

    [Fact]
    public void EditsAppliedToTheTextGiveTheResult()
    {
        var text = $"Intro.\n\n\n\n{Table}\n\n{Json}\n";
        var result = TextTrimmer.Trim(text, Options);
        var built = text;
        foreach (var edit in result.Edits.Reverse())
            built = built.Remove(edit.Start, edit.Length).Insert(edit.Start, edit.Replacement);
        Assert.Equal(result.Text, built);
        Assert.Equal(TrimKinds.Tables | TrimKinds.Json | TrimKinds.Whitespace, result.Kinds);
    }

    [Fact]
    public void JsonKeepsTheOrderOfKeysTheSpellingOfNumbersAndItsStrings() =>
        Assert.Equal("""{"b":1.50,"a":[1e3,"two  words",null],"b":"\u0041 \/"}""", TextTrimmer.TrimProvable(Json, Options).Text);

    [Theory]
    [InlineData("What is wrong with this?\n\n" + Table)] // The question may be about the markup.
    [InlineData("Answer in this form:\n\n{\n  \"name\": \"the name\",\n  \"age\": 0\n}\n")]
    [InlineData("A text    with     runs         of blanks.\n\n\n\n\nAnd blank lines, in full.")]
    public void WhatNobodyMarkedAndNothingProvesIsLeftAlone(string text)
    {
        var result = TextTrimmer.TrimProvable(text, Options);
        Assert.Same(text, result.Text);
        Assert.False(result.IsChanged);
    }

    [Theory]
    [InlineData("Which city is largest?\n<document index=\"1\">\n" + Table + "\n</document>", "Which city is largest?\n<document index=\"1\">\nName,Population\nBern,\"133,883\"\n</document>")]
    [InlineData("<documents><document><source>a</source><document_content>{ \"name\": \"Bern\", \"population\": 133883 }</document_content></document></documents>",
        "<documents><document><source>a</source><document_content>{\"name\":\"Bern\",\"population\":133883}</document_content></document></documents>")]
    public void DataBetweenTheTagsOfADocumentProvesItself(string text, string expected) => Assert.Equal(expected, TextTrimmer.TrimProvable(text, Options).Text);

    [Theory]
    [InlineData("```html\n" + Table + "\n```")]
    [InlineData("- in a list:\n  ~~~~\n  " + Table + "\n  ~~~\n  ~~~~")]
    [InlineData("never closed\n```\n" + Table)]
    [InlineData("> ```json\n> {\n>   \"a\":     [ 1, 2 ],   \"b\": \"a long enough text\" }\n> ```")]
    public void FencedCodeIsLeftAlone(string text) => Assert.Same(text, TextTrimmer.Trim(text, Options).Text);

    [Fact]
    public void ATableBehindFencedCodeIsStillTrimmed() =>
        Assert.Equal($"```\n{Table}\n```\nName,Population\nBern,\"133,883\"", TextTrimmer.Trim($"```\n{Table}\n```\n{Table}", Options).Text);

    [Theory]
    [InlineData("html = \"" + Table + "\"")]
    [InlineData("def page():\n    return '''\n" + Table + "'''")]
    [InlineData("print(" + Table + ")")]
    [InlineData("He said “" + Table + "” and left.")]
    public void ATableInQuotesOrInAProgramIsLeftAlone(string text) => Assert.Same(text, TextTrimmer.Trim(text, Options).Text);

    [Theory]
    [InlineData("<table><tr><td>{{ row.name }}</td><td class=\"price\">{{ row.price }}</td></tr></table>")]
    [InlineData("<table><tr>{% for cell in row %}<td class=\"price\">x</td>{% endfor %}</tr></table>")]
    public void ATemplateIsLeftAlone(string text) => Assert.Same(text, TextTrimmer.Trim(text, Options).Text);

    [Theory]
    [InlineData("""{ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A form" }""")]
    [InlineData("""{ "name": "get_weather", "parameters": { "type": "object", "properties": {} } }""")]
    [InlineData("""[ { "toolSpec": { "name": "get_weather" } } ]""")]
    public void SchemasAreLeftAlone(string text) => Assert.Same(text, TextTrimmer.Trim(text, Options).Text);

    [Theory]
    [InlineData("{ \"a\": 1, \"b\": tru e, \"c\": \"cut off")]
    [InlineData("{ 'single': 'quotes', \"no\": [ 1 2 ] }")]
    [InlineData("[ 1, 2, 3, ]                    ]")]
    [InlineData("<table><tr><td class=\"never closed\">a</td></tr>")]
    [InlineData("<table class=\"without any cell\"></table>")]
    public void WhatIsInvalidComesBackAsItWas(string text) => Assert.Same(text, TextTrimmer.Trim(text, Options).Text);

    [Fact]
    public void MarkupBeyondTheBoundsComesBackAsItWas()
    {
        Assert.Same(Table, TextTrimmer.Trim(Table, Options with { MaxMarkupChars = 100 }).Text);
        Assert.Same(Table, TextTrimmer.Trim(Table, Options with { MaxElements = 5 }).Text);
        Assert.Same(Table, TextTrimmer.Trim(Table, Options with { MaxCells = 3 }).Text);
        Assert.NotNull(TextTrimmer.Trim(Table, Options with { MaxElements = 5 }).LeftAlone);
    }

    /// <summary>Each unclosed tag is opened again in every later paragraph: 2,000 of each would make four million elements.</summary>
    [Fact]
    public void BrokenNestingCannotMakeElementsWithoutEnd()
    {
        var text = "<table><tr><td>" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"<b id={i}>")) + string.Concat(Enumerable.Repeat("<p>x</p>", 2000)) + "</td></tr></table>";
        Assert.Same(text, TextTrimmer.Trim(text, Options).Text);
    }

    [Fact]
    public void DeepNestingCannotOverflowTheStack()
    {
        var text = "<table><tr><td>" + string.Concat(Enumerable.Repeat("<div>", 20_000)) + "x</td></tr></table>";
        Assert.Same(text, TextTrimmer.Trim(text, Options).Text);
        var json = new string('[', 20_000) + " " + new string(']', 20_000);
        Assert.Same(json, TextTrimmer.Trim(json, Options).Text);
    }

    /// <summary>A parser that looks for each item's list through all open elements takes minutes for this; nothing waits here, so the bound shows in the time of the whole run.</summary>
    [Fact]
    public void DeepListsAreGivenUpEarly()
    {
        var text = "<html><body>" + string.Concat(Enumerable.Repeat("<ul><li>x", 50_000)) + "</body></html>";
        Assert.Same(text, TextTrimmer.Trim(text, Options).Text);
    }

    /// <summary>What was escaped is text; once it is unescaped it must not be read as a table.</summary>
    [Fact]
    public void EscapedMarkupStaysText()
    {
        const string Text = "<table><tr><td>&lt;table&gt;&lt;tr&gt;&lt;td&gt;cell&lt;/td&gt;&lt;td&gt;cell&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;</td></tr></table>";
        var once = TextTrimmer.Trim(Text, Options).Text;
        Assert.Contains("table", once, StringComparison.Ordinal);
        Assert.Same(once, TextTrimmer.Trim(once, Options).Text);
    }

    [Theory]
    [InlineData("One.\n\n\n\n\nTwo.", "One.\n\nTwo.")]
    [InlineData("One.   \t  \nTwo.", "One.\nTwo.")]
    [InlineData("far              apart", "far apart")]
    [InlineData("a hard break  \nof Markdown", "a hard break  \nof Markdown")]
    [InlineData("Name              Age\nAnn               31", "Name              Age\nAnn               31")]
    [InlineData("def f():\n    return {1: 2}\n\n\n\ndef g():\n    return 0", "def f():\n    return {1: 2}\n\n\n\ndef g():\n    return 0")]
    [InlineData("He wrote \"one\n\n\n\ntwo\" and\n\n\n\nleft.", "He wrote \"one\n\n\n\ntwo\" and\n\nleft.")]
    [InlineData("> quoted              words", "> quoted              words")]
    public void WhiteSpaceIsOnlyTakenOutOfProse(string text, string expected) => Assert.Equal(expected, TextTrimmer.Trim(text, Options).Text);

    [Fact]
    public void BinaryFilesInBase64AreNamedInsteadOfGiven()
    {
        var png = Convert.ToBase64String([0x89, .. "PNG\r\n"u8, .. new byte[1200]]);
        Assert.Equal("See ![a picture]([image/png, 1,206 bytes, left out]) here.", TextTrimmer.Trim($"See ![a picture](data:image/png;base64,{png}) here.", Options).Text);
        Assert.Equal("""{"picture":"[image/png, 1,206 bytes, left out]"}""", TextTrimmer.Trim($$"""{ "picture": "{{png}}" }""", Options).Text);
        var untouched = $"data:image/png;base64,{png}";
        Assert.Same(untouched, TextTrimmer.TrimProvable(untouched, Options).Text);
    }

    [Fact]
    public void Base64OfTextOrOfNothingKnownStays()
    {
        var text = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("A text. ", 200))));
        Assert.Same(text, TextTrimmer.Trim(text, Options).Text);
        var svg = "data:image/svg+xml;base64," + text;
        Assert.Same(svg, TextTrimmer.Trim(svg, Options).Text);
    }

    [Fact]
    public void KindsThatAreNotAllowedAreNotDone()
    {
        Assert.Same(Table, TextTrimmer.TrimProvable(Table, Options with { ProvableKinds = TrimKinds.Json }).Text);
        Assert.Same(Json, TextTrimmer.Trim(Json, Options with { MarkedKinds = TrimKinds.Tables }).Text);
    }

    [Fact]
    public void ProseIsRefusedWithoutAnyAllocation()
    {
        var prose = string.Concat(Enumerable.Repeat("Nothing here looks like data, it is all words (and some marks < or [ of them).\n", 1300));
        Assert.False(TextTrimmer.MayTrim(prose, Options, isMarked: false));
        Assert.Equal(0, Allocations.Of(() =>
        {
            TextTrimmer.MayTrim(prose, Options, isMarked: false);
            TextTrimmer.MayTrim(prose, Options, isMarked: true);
        }));
    }
}
