using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>What holds for any text, on random ones that are made of whole and broken pieces of data, prose and code. A failure names its seed.</summary>
public sealed class TrimPropertyTests
{
    private const int Cases = 3000;

    private static readonly string[] Pieces =
    [
        "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<td colspan=3>", "<td rowspan=0>", "<th colspan=\"99999\">", "<th>", "<tr", "<table ", "<caption>c</caption>", "<!doctype html>",
        "<html>", "</html>", "<body>", "<p>", "</p>", "<b>", "<!--", "-->", "<script>", "</script>", "<pre>", "&lt;table&gt;", "&amp;", "&#0;", "\0", "\ud800", "<document>", "</document>", "<data>", "</data>",
        "{", "}", "[", "]", "\"", "\\", ":", ",", "1.50", "true", "null", "\"a\": ", "{ \"k\": [ 1, 2 ] }", "\n{\n  \"name\": \"x y\",\n  \"n\": 1\n}\n", " ", "   ", "          ", "\n", "\n\n\n\n", "\r\n", "\t", "\u00a0",
        "word", "two words", "Größe", "数据", "😀", "`", "```\n", "\n```\n", "~~~\n", "> quoted     text", "“quoted”", "|", "def f(x):\n    return x\n", ";base64,", "data:image/png;base64,", "{{", "{%",
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "<ul><li>one<li>two</ul>", "<h2>Title</h2>",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoTextGrowsThrowsOrChangesTwice(bool isMarked)
    {
        var changed = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var text = RandomText(new Random(seed));
            var once = Trim(text, isMarked);
            changed += once == text ? 0 : 1;
            Assert.True(once.Length <= text.Length && Encoding.UTF8.GetByteCount(once) <= Encoding.UTF8.GetByteCount(text), $"seed {seed} grew");
            Assert.True(once == Trim(once, isMarked), $"seed {seed} changed twice");
        }
        Assert.True(changed > Cases / 100, $"only {changed} texts were changed at all");
    }

    [Fact]
    public void NoShapeThatACallerNamesMakesATextGrowOrThrow()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var text = RandomText(new Random(seed));
            foreach (var shape in Enum.GetValues<TextShape>())
                Assert.True(TextTrimmer.TrimAs(text, shape, TrimOptions.Default).Text.Length <= text.Length, $"seed {seed} as {shape}");
        }
    }

    [Fact]
    public void FencedCodeIsByteIdentical()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var code = RandomText(random).Replace("`", "'", StringComparison.Ordinal);
            var text = $"{Prose(random)}\n\n```html\n{code}\n```\n{Prose(random)}";
            Assert.Contains($"```html\n{code}\n```\n", Trim(text, isMarked: true), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void QuotedTextIsByteIdentical()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var quote = Prose(random);
            var text = $"{Prose(random)}\nThe user wrote \"{quote}\" and then\n\n\n{Prose(random)}";
            Assert.Contains($"\"{quote}\"", Trim(text, isMarked: true), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void CompactJsonEqualsWhatItWas()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var node = new JsonObject { ["first"] = RandomNode(random, 4), ["second"] = RandomNode(random, 4) };
            var pretty = node.ToJsonString(new JsonSerializerOptions { WriteIndented = true, IndentSize = random.Next(1, 8), NewLine = random.Next(2) == 0 ? "\n" : "\r\n" });
            Assert.Equal(node.ToJsonString(), TextTrimmer.TrimProvable(pretty, TrimOptions.Default).Text);
        }
    }

    private static string Trim(string text, bool isMarked)
    {
        var result = isMarked ? TextTrimmer.Trim(text, TrimOptions.Default) : TextTrimmer.TrimProvable(text, TrimOptions.Default);
        Assert.Equal(result.Text != text, result.IsChanged);
        return result.Text;
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        // A start that often makes the whole of it one document.
        text.Append(random.Next(6) switch { 0 => "<table>", 1 => "<html>", 2 => "{\"a\":", 3 => "<document>", _ => "" });
        for (var i = random.Next(60); i > 0; i--)
            text.Append(Pieces[random.Next(Pieces.Length)]);
        text.Append(random.Next(6) switch { 0 => "</table>", 1 => "</html>", 2 => "}", 3 => "</document>", _ => "" });
        return text.ToString();
    }

    private static string Prose(Random random)
    {
        string[] words = ["word", "another", "  ", "            ", "\n", "\n\n\n\n", ".", ",", "5", "Größe", "数据"];
        return "Words " + string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)]));
    }

    private static JsonNode? RandomNode(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => random.NextDouble() * Math.Pow(10, random.Next(-5, 20)),
        3 => random.Next(),
        4 => RandomText(random).Replace("\ud800", "", StringComparison.Ordinal).Replace("base64", "", StringComparison.Ordinal),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(5)).Select(_ => RandomNode(random, depth - 1))]),
        _ => new JsonObject(Enumerable.Range(0, random.Next(5)).Select(i => KeyValuePair.Create($"key {i}", RandomNode(random, depth - 1)))),
    };
}
