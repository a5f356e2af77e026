using System.Text;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Tests.Imports.Json;

public sealed class JsonRecordsTests
{
    private readonly List<string> _malformed = [];

    [Theory]
    [InlineData("""{"a":1}""" + "\n" + """{"a":2}""" + "\r\n\n" + """{"a":3}""")]
    [InlineData("""{"a":1}{"a":2} {"a":3}""")]
    [InlineData("""[{"a":1},{"a":2},{"a":3}]""")]
    [InlineData("""{"object":"page","data":[{"a":1},{"a":2}],"has_more":true,"data":[{"a":3}]}""")]
    [InlineData("""{"x":{"data":[7]},"data":[{"a":1}],"has_more":true}""" + "\n" + """{"data":[{"a":2},{"a":3}]}""")]
    [InlineData("""[{"data":[{"a":1}]},{"data":[{"a":2},{"a":3}]}]""")]
    public void RecordsAreFoundInEveryForm(string text)
    {
        Assert.Equal(["""{"a":1}""", """{"a":2}""", """{"a":3}"""], Read(text).Select(r => r.Text));
        Assert.Equal(["""{"a":1}""", """{"a":2}""", """{"a":3}"""], Read("\uFEFF" + text).Select(r => r.Text));
    }

    [Fact]
    public void ARecordKnowsItsListAndItsLine() => Assert.Equal(
        [("ResultsByTime", 3L), ("GroupDefinitions", 5L)],
        Read("{\n\"ResultsByTime\":[\n{}\n],\n\"GroupDefinitions\":[{}]}").Select(r => (r.List, r.Line)));

    [Fact]
    public void ALineThatIsNoJsonIsLeftOut()
    {
        Assert.Equal(["1", "2", "3"], Read("1\n{\"a\":oops}\n2\n\n}\n3\n").Select(r => r.Text));
        Assert.Equal(["2: it is no JSON", "5: it is no JSON"], _malformed);
    }

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":")]
    [InlineData("[{\"a\":1},")]
    [InlineData("{\"data\":[{\"a\":1}]")]
    public void AFileThatEndsTooEarlyIsDamaged(string text) => Assert.Throws<InvalidDataException>(() => Read(text));

    [Theory]
    [InlineData("{\"data\":[{\"a\":1},\noops]}", "line 2")]
    [InlineData("[\n\n{\"a\":1},\noops]", "line 4")]
    [InlineData("{\n\"a\": oops}", "line 2")]
    public void WhatIsBrokenWithinALargerWholeIsRefusedWithItsLine(string text, string line) =>
        Assert.Contains($"'x.json', {line}: it is no JSON", Assert.Throws<ImportException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void RecordsOfAnySizeComeThroughWhateverPiecesAreRead()
    {
        var random = new Random(5);
        var records = Enumerable.Range(0, 200).Select(i => $"{{\"n\":{i},\"text\":\"{new string('x', random.Next(0, i % 10 == 0 ? 300_000 : 300))}\"}}").ToList();
        var stream = new SlowStream(Encoding.UTF8.GetBytes("{\"data\":[" + string.Join(",\n", records) + "]}"), random);

        using var reader = new JsonRecords(stream, "x", (_, _) => { });
        for (var i = 0; i < records.Count; i++)
        {
            Assert.True(reader.Read());
            Assert.Equal((records[i], i + 1L), (Encoding.UTF8.GetString(reader.Current.Span), reader.LineNumber));
        }
        Assert.False(reader.Read());
    }

    private List<(string Text, string List, long Line)> Read(string text)
    {
        using var reader = new JsonRecords(new MemoryStream(Encoding.UTF8.GetBytes(text)), "x.json", (line, reason) => _malformed.Add($"{line}: {reason}"));
        var read = new List<(string, string, long)>();
        while (reader.Read())
            read.Add((Encoding.UTF8.GetString(reader.Current.Span), reader.List, reader.LineNumber));
        return read;
    }

    private sealed class SlowStream(byte[] content, Random random) : Sluice.Core.ForwardStream
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            var length = Math.Min(Math.Min(buffer.Length, random.Next(1, 9000)), content.Length - _at);
            content.AsSpan(_at, length).CopyTo(buffer);
            _at += length;
            return length;
        }
    }
}
