using System.IO.Compression;
using Sluice.Lab.Semantics;

namespace Sluice.Lab.Tests.Semantics;

public sealed class PairFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void ReadsPairsAndSkipsEmptyLines()
    {
        File.WriteAllText(_path, "{\"a\":\"x\",\"b\":\"y\",\"dup\":1}\n\n{\"a\":\"x\",\"b\":\"z\",\"dup\":false}\n");
        Assert.Equal([new LabelledPair("x", "y", true), new LabelledPair("x", "z", false)], PairFile.Read(_path));
    }

    [Fact]
    public void ReadsGzipByItsFirstBytes()
    {
        using (var gzip = new GZipStream(File.Create(_path), CompressionLevel.Fastest))
            gzip.Write("{\"a\":\"x\",\"b\":\"y\",\"dup\":0}"u8);
        Assert.Single(PairFile.Read(_path));
    }

    [Theory]
    [InlineData("{\"a\":\"x\",\"b\":\"y\"}", ":2: `dup`")]
    [InlineData("{\"a\":\"x\",\"b\":\"y\",\"dup\":2}", ":2: `dup`")]
    [InlineData("{\"a\":\"x\",\"dup\":1}", ":2: `b`")]
    [InlineData("[1]", ":2: not a JSON object")]
    [InlineData("{\"a\":\"secret", ":2: not JSON")]
    public void ABrokenLineIsNamedAndNotRepeated(string line, string message)
    {
        File.WriteAllText(_path, "{\"a\":\"x\",\"b\":\"y\",\"dup\":1}\n" + line);
        var error = Assert.Throws<PairFileException>(() => PairFile.Read(_path));
        Assert.Contains(_path + message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyFileIsNoPairs() => Assert.Contains("no pairs", Assert.Throws<PairFileException>(() => PairFile.Read(_path)).Message, StringComparison.Ordinal);

    public void Dispose() => File.Delete(_path);
}
