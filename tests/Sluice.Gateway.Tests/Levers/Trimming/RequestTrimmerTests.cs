using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Gateway.Tests.Levers.Trimming;

public sealed class RequestTrimmerTests
{
    private static readonly string Document = string.Concat(Enumerable.Range(0, 40).Select(i => $"Sentence number {i} of a report. "));

    [Fact]
    public void ADocumentThatWasGivenBeforeBecomesAReference()
    {
        var request = new RequestTrimmer(TrimOptions.Default);
        Assert.Same(Document, request.Trim(Document, isMarked: true).Text);
        var again = request.Trim(Document, isMarked: true);
        Assert.Equal("[The same text as given above, which begins: Sentence number 0 of a report. Sentence number 1 of a report...]", again.Text);
        Assert.Equal(TrimKinds.Repeats, again.Kinds);
        Assert.Same(Document, new RequestTrimmer(TrimOptions.Default).Trim(Document, isMarked: true).Text);
    }

    [Fact]
    public void DocumentsBetweenTagsAreKnownAgainInOtherTexts()
    {
        var request = new RequestTrimmer(TrimOptions.Default);
        request.Trim($"<document>{Document}</document>\nSum this up.", isMarked: false);
        var later = request.Trim($"And now:\n<document>{Document}</document>", isMarked: false).Text;
        Assert.StartsWith("And now:\n<document>[The same text as given above, which begins: Sentence number 0", later, StringComparison.Ordinal);
        Assert.EndsWith("]</document>", later, StringComparison.Ordinal);
    }

    [Fact]
    public void ATableIsNamedByTheRowsThatStandAbove()
    {
        var table = "<table><tr><th>City</th><th>Population</th></tr>" + string.Concat(Enumerable.Range(0, 30).Select(i => $"<tr><td>City {i}</td><td>{i}</td></tr>")) + "</table>";
        var request = new RequestTrimmer(TrimOptions.Default);
        request.Trim(table, isMarked: false);
        Assert.Equal("[The same text as given above, which begins: City,Population City 0,0 City 1,1 City 2,2 City 3,3 City 4,4...]", request.Trim(table, isMarked: false).Text);
    }

    [Fact]
    public void WhatNobodyMarkedOrIsShortOrDiffersIsGivenAgain()
    {
        var request = new RequestTrimmer(TrimOptions.Default);
        foreach (var text in new[] { Document, "Yes.", Document + "!" })
        {
            Assert.Same(text, request.Trim(text, isMarked: false).Text);
            Assert.Same(text, request.Trim(text, isMarked: false).Text);
        }
        Assert.Same(Document, request.Trim(Document, isMarked: true).Text);
        var other = Document + "?";
        Assert.Same(other, request.Trim(other, isMarked: true).Text);
    }

    [Fact]
    public void WhatStandsBetweenTheOwnersTagsIsDataAndTheWordsAroundItAreNot()
    {
        var options = TrimOptions.Default with { DataTags = ["report", "file"] };
        var text = "Keep   these \n\n\n\n blanks.\n<report id=\"1\">Kept, but for \n\n\n\n\n blank lines.</report>\n\n\n\n<reports>not \n\n\n\n\n these</reports>";
        var trimmed = new RequestTrimmer(options).Trim(text, isMarked: false).Text;
        Assert.Equal("Keep   these \n\n\n\n blanks.\n<report id=\"1\">Kept, but for \n\n blank lines.</report>\n\n\n\n<reports>not \n\n\n\n\n these</reports>", trimmed);
        Assert.Equal(trimmed, new RequestTrimmer(options).Trim(trimmed, isMarked: false).Text);
        var fenced = $"```\n{text}\n```";
        Assert.Same(fenced, new RequestTrimmer(options).Trim(fenced, isMarked: false).Text);
        var open = "<report>never \n\n\n\n\n closed";
        Assert.Same(open, new RequestTrimmer(options).Trim(open, isMarked: false).Text);
    }

    [Fact]
    public void ATextOfBlanksHasNoFirstWordsAndDoesNoHarm()
    {
        var request = new RequestTrimmer(TrimOptions.Default);
        var blanks = new string(' ', 1000);
        Assert.Empty(request.Trim(blanks, isMarked: true).Text.Trim());
        Assert.True(request.Trim(blanks, isMarked: true).Text.Length < 100);
    }

    /// <summary>What stands in front of a text decides about it, never what comes after: a conversation that grows keeps its prefix.</summary>
    [Fact]
    public void AGrowingConversationKeepsItsPrefix()
    {
        string[] texts = [Document, "Why?", Document, "{ \"a\": 1, \"b\": [ 1, 2, 3 ], \"c\": null }", Document];
        var whole = Trimmed(texts);
        for (var length = 1; length <= texts.Length; length++)
            Assert.Equal(whole.Take(length), Trimmed(texts[..length]));

        static List<string> Trimmed(string[] texts)
        {
            var request = new RequestTrimmer(TrimOptions.Default);
            return [.. texts.Select(text => request.Trim(text, isMarked: true).Text)];
        }
    }
}
