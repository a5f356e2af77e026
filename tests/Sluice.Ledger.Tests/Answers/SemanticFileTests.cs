using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Ledger.Answers;

namespace Sluice.Ledger.Tests.Answers;

public sealed class SemanticFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-semantic-file-tests-");

    private string FileName => Path.Combine(_folder.FullName, SemanticFile.FileName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ASnapshotTakesThePlaceOfTheOneBeforeIt()
    {
        Assert.Empty(File().Read());
        File().Write([[1, 2], [3]]);
        Assert.Equal<byte[]>([[1, 2], [3]], File().Read());
        File().Write([[4]]);
        Assert.Equal<byte[]>([[4]], File().Read());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(FileName));
    }

    [Fact]
    public void ADamagedFileIsSetAsideAndBegunAnew()
    {
        System.IO.File.WriteAllText(FileName, new string('x', 5_000));
        Assert.Empty(File().Read());
        Assert.Single(_folder.GetFiles("semantic.db.damaged-*"));
        File().Write([[1]]);
        Assert.Single(File().Read());
    }

    [Fact]
    public void AChangedRowIsDamageToo()
    {
        File().Write([[.. Enumerable.Repeat((byte)77, 300)]]);
        var bytes = System.IO.File.ReadAllBytes(FileName);
        bytes[bytes.AsSpan().IndexOf("MMMM"u8)] = 76;
        System.IO.File.WriteAllBytes(FileName, bytes);
        Assert.Empty(File().Read());
        Assert.Single(_folder.GetFiles("semantic.db.damaged-*"));
    }

    private SemanticFile File() => new(_folder.FullName, TimeProvider.System, NullLogger<SemanticFile>.Instance);
}
