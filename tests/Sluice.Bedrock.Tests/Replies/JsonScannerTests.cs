using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Replies;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Replies;

public sealed class JsonScannerTests
{
    [Fact]
    public void FindsWhatAParserOfTheWholeDocumentFinds()
    {
        var random = new Random(42);
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            for (var round = 0; round < 1500; round++)
            {
                var json = ReplyMeterPropertyTests.RandomJson(random, 7);
                var bytes = Encoding.UTF8.GetBytes(json + " ");
                var expected = new ReplyFields();
                using (var document = JsonDocument.Parse(json))
                    Walk(document.RootElement, ReplyTrees.Of(dialect), expected);
                var actual = new ReplyFields();
                var scanner = new JsonScanner(ReplyTrees.Of(dialect), actual);
                foreach (var chunk in ReplyMeterPropertyTests.CutAtRandom(bytes, random))
                    scanner.Append(chunk);

                Assert.True(scanner.IsComplete, json);
                Assert.Equal(Show(expected), Show(actual));
            }
        }
    }

    [Theory]
    [InlineData("{\"usage\":}")]
    [InlineData("{\"usage\" 1}")]
    [InlineData("{usage:1}")]
    [InlineData("[1,]x")]
    [InlineData("{\"a\":tru}")]
    [InlineData("{\"a\":nul1}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("{\"a\":\"\\u12g4\"}")]
    [InlineData("{}{}")]
    [InlineData("<html>")]
    public void NoticesWhatIsNotJson(string text)
    {
        var scanner = Scan(text, new ReplyFields());
        Assert.True(scanner.IsBroken);
        Assert.False(scanner.IsComplete);
    }

    [Fact]
    public void DepthCostsNeitherMemoryNorTheRest()
    {
        var fields = new ReplyFields();
        var deep = new string('[', 5000) + new string(']', 5000);
        var scanner = Scan($$$"""{"output":{"message":{"content":[{"toolUse":{"input":{{{deep}}} } }]}},"other":{{{deep}}},"usage":{"inputTokens":5}}""", fields);
        fields.EndDocument();
        Assert.True(scanner.IsComplete);
        Assert.Equal(5, fields[ReplyField.Input]);
    }

    [Fact]
    public void CountsTextByItsBytesNotByItsEscapes()
    {
        var fields = new ReplyFields();
        Scan("""{"delta":{"text":"\u00e9\n\ud83d\ude00\"ab€"}}""", fields);
        // é 2, line feed 1, emoji 4, quote 1, ab 2, € 3.
        Assert.Equal(13, fields.TextBytes);
    }

    private static JsonScanner Scan(string text, ReplyFields fields)
    {
        var scanner = new JsonScanner(ReplyTrees.Of(Dialect.Converse), fields);
        scanner.Append(Encoding.UTF8.GetBytes(text));
        return scanner;
    }

    private static string Show(ReplyFields fields)
    {
        fields.EndDocument();
        var counts = Enum.GetValues<ReplyField>().Where(f => f < ReplyField.ItemTokens && fields.Has(f)).Select(f => $"{f} {fields[f]}");
        return $"{string.Join(' ', counts)} text {fields.TextBytes} stop {fields.StopReason} model {fields.Model} error {fields.Error} rejected {fields.HasRejected}";
    }

    private static void Walk(JsonElement element, FieldNode? node, ReplyFields fields)
    {
        if (node is null)
            return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                if (node is { IsNumber: true, HasPlaces: false })
                    fields.Reject();
                foreach (var property in element.EnumerateObject())
                {
                    if (node.IsText)
                        fields.AddText(Encoding.UTF8.GetByteCount(property.Name));
                    Walk(property.Value, node.Child(Encoding.UTF8.GetBytes(property.Name)), fields);
                }
                if (node.EndsItem)
                    fields.EndItem();
                break;
            case JsonValueKind.Array:
                if (node is { IsNumber: true, HasPlaces: false })
                    fields.Reject();
                foreach (var item in element.EnumerateArray())
                {
                    if (node.IsCounted && item.ValueKind != JsonValueKind.Null)
                        fields.CountItem(node.Field);
                    Walk(item, node.Item, fields);
                }
                if (node.EndsItem)
                    fields.EndItem();
                break;
            case JsonValueKind.String:
                if (node.IsText)
                    fields.AddText(Encoding.UTF8.GetByteCount(element.GetString()!));
                if (node.Field != ReplyField.None)
                    fields.ReadText(node.Field, Encoding.UTF8.GetBytes(element.GetString()!));
                break;
            case JsonValueKind.Number when node.Field != ReplyField.None:
                fields.ReadNumber(node.Field, Encoding.UTF8.GetBytes(element.GetRawText()), node.IsSummed);
                break;
            case JsonValueKind.True or JsonValueKind.False when node.IsNumber:
                fields.Reject();
                break;
        }
    }
}
