using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Imports.Files;

/// <summary>Containers and encodings as people and systems make them.</summary>
public sealed class BillFileTests : IDisposable
{
    private static readonly byte[] Input = Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
    private static readonly byte[] Output = Encoding.UTF8.GetBytes(CurHeader + "\n" + Charge("USE1-NovaLite-output-tokens", "1", "0.24"));

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AZipFromAMacHoldsItsBillsAlone()
    {
        var result = _folder.Import(_folder.File("bills.zip", Zip(
            ("november/", []), ("november/input.csv", Input), ("__MACOSX/november/._input.csv", [0, 5, 22, 7, 0, 2]), ("november/.DS_Store", "Bud1"u8.ToArray()),
            ("november/deep/output.csv.gz", Gzip(Output)), ("november/readme.txt", "Hi."u8.ToArray()))));

        Assert.Equal((2, 0.30m), (result.Rows, Sum()));
        Assert.Contains("readme.txt' was left out: it isn't named like a bill", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ContainersInContainersAreOpened()
    {
        _folder.Import(_folder.File("outer.zip", Zip(("inner.zip", Zip(("a.csv", Input))), ("b.csv.gz", Gzip(Gzip(Output))))));

        Assert.Equal(0.30m, Sum());
    }

    [Fact]
    public void TarAndTarOfGzipAreOpened()
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, leaveOpen: true))
        {
            foreach (var (name, content) in ((string, byte[])[])[("bills/a.csv", Input), ("bills/._a.csv", [1]), ("bills/b.csv.gz", Gzip(Output))])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        _folder.Import(_folder.File("bills.tgz", Gzip(buffer.ToArray())));

        Assert.Equal(0.30m, Sum());
    }

    [Fact]
    public void NamesDontMatter()
    {
        _folder.Import(_folder.File("plain.csv.gz", Input));
        _folder.Import(_folder.File("zip.csv", Zip(("b.csv", Output))));

        Assert.Equal(0.30m, Sum());
    }

    [Fact]
    public void WhatIsPackedTooOftenIsRefused()
    {
        var packed = Input;
        for (var i = 0; i < 6; i++)
            packed = Gzip(packed);

        Assert.Contains("packed more than 4 times", Assert.Throws<ImportException>(() => _folder.Import(_folder.File("deep.gz", packed))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AZipOfNoBillsIsRefused() => Assert.Contains(
        "holds no .csv, .json or .parquet file", Assert.Throws<ImportException>(() => _folder.Import(_folder.File("none.zip", Zip(("a.pdf", "%PDF"u8.ToArray()))))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    public void WiderEncodingsAreRead(string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        var text = CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: """{"user_team":"Größe"}""");
        byte[] content = [.. hasMark ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)];
        _folder.Import(_folder.File("wide.csv", content));

        Assert.Equal(("""{"team":"Größe"}""", 0.06m), (Assert.Single(_folder.Rows()).Facet.Tags, Sum()));
    }

    [Fact]
    public void OneTextHasOneIdentityInEveryEncoding()
    {
        var text = CurHeader + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: """{"user_team":"Größe – 5 €"}""");
        var latin = Encoding.UTF8.GetBytes(text.Replace("ö", "\u0001", StringComparison.Ordinal).Replace("ß", "\u0002", StringComparison.Ordinal).Replace("–", "\u0003", StringComparison.Ordinal).Replace("€", "\u0004", StringComparison.Ordinal));
        byte[] windows = [0xF6, 0xDF, 0x96, 0x80];
        var notes = _folder.Import(_folder.File("windows.csv", [.. latin.Select(b => b is >= 1 and <= 4 ? windows[b - 1] : b)])).Warnings;
        _folder.ImportText(text);
        _folder.Import(_folder.File("marked.csv", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]));
        _folder.Import(_folder.File("wide.csv", Encoding.Unicode.GetBytes(text)));

        Assert.Equal("""{"team":"Größe – 5 €"}""", Assert.Single(_folder.Rows()).Facet.Tags);
        Assert.Contains("line 2 is no UTF-8; what isn't was read as Windows-1252", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public void JoinedFilesAreReadThroughTheirMarksAndHeaders()
    {
        byte[] joined = [.. Encoding.UTF8.Preamble, .. Input, .. Encoding.UTF8.Preamble, .. Output];
        var result = _folder.Import(_folder.File("joined.csv", joined));

        Assert.Equal((2, 0, 0.30m), (result.Rows, result.SetAside, Sum()));
    }

    /// <summary>Characters that are cut by the reader's buffers, at every place.</summary>
    [Fact]
    public void CharactersMayLieAcrossBuffers()
    {
        for (var pad = 0; pad < 4; pad++)
        {
            using var folder = new StoreFolder();
            var text = CurHeader + "\n" + string.Concat(Enumerable.Range(0, 900).Select(i => Charge("USE1-NovaLite-input-tokens", "1", "0.06", tags: $$"""{"user_n":"{{new string('x', pad)}}€ü{{i}}"}""")));
            var result = folder.ImportText(text);

            Assert.Empty(result.Warnings);
            Assert.All(folder.Rows(), r => Assert.Contains("€ü", r.Facet.Tags, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void HeadersAreReadThroughQuotesAndSpaces()
    {
        var names = CurHeader.Split(',').Select((n, i) => i % 3 == 0 ? $"\u00A0{n} " : i % 3 == 1 ? $"\"\"\"{n}\"\"\"" : n);
        _folder.ImportText(string.Join(',', names) + "\n" + Charge("USE1-NovaLite-input-tokens", "1", "0.06"));
        _folder.Import(_folder.File("plain.csv", Input));

        Assert.Equal(0.06m, Assert.Single(_folder.Rows()).Amounts.Billed);
    }

    private static byte[] Gzip(byte[] content)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return buffer.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] members)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return buffer.ToArray();
    }

    private decimal? Sum() => _folder.Rows().Sum(r => r.Amounts.Billed);
}
