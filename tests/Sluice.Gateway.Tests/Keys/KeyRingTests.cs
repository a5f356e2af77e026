using System.Collections.Immutable;
using Sluice.Gateway.Keys;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Keys;

public sealed class KeyRingTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-keys-");
    private readonly ManualTime _time = new();

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public void AKeyIsFoundWithItsTagsAfterReopening()
    {
        var issued = Open().Create(Tags("app", "chat", "team", "support"), admin: false);

        var found = Open().Find(issued.Key.KeyId);

        Assert.NotNull(found);
        Assert.Equal("chat", found.Tags["app"]);
        Assert.Equal("support", found.Tags["team"]);
        Assert.Equal(_time.GetUtcNow(), found.CreatedAt);
    }

    [Fact]
    public void TheSecretFitsItsKeyAndNoOther()
    {
        var ring = Open();
        var one = ring.Create(Tags("app", "a"), admin: false);
        var two = ring.Create(Tags("app", "b"), admin: false);

        Assert.True(Open().IsSecretOf(one.Key.KeyId, one.Secret));
        Assert.False(ring.IsSecretOf(two.Key.KeyId, one.Secret));
        Assert.False(ring.IsSecretOf(one.Key.KeyId, ""));
    }

    [Fact]
    public void NoFileHoldsTheSecret()
    {
        var issued = Open().Create(Tags("app", "a"), admin: false);

        foreach (var file in _data.EnumerateFiles())
            Assert.DoesNotContain(issued.Secret, File.ReadAllText(file.FullName));
    }

    [Fact]
    public void AStolenKeyFileGivesNoWorkingKeyElsewhere()
    {
        var issued = Open().Create(Tags("app", "a"), admin: false);
        var thief = _data.CreateSubdirectory("thief");
        File.Copy(Path.Combine(_data.FullName, "keys.json"), Path.Combine(thief.FullName, "keys.json"));

        var stolen = KeyRing.Open(thief.FullName, _time);

        Assert.NotNull(stolen.Find(issued.Key.KeyId));
        Assert.False(stolen.IsSecretOf(issued.Key.KeyId, issued.Secret));
    }

    [Fact]
    public void TheMasterKeyIsReadableByItsOwnerAlone()
    {
        Open();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_data.FullName, "master.key")));
    }

    [Fact]
    public void AnotherProcesssNewKeyIsSeenAtOnceAndARevokedOneWithinASecond()
    {
        var serving = Open();
        var issued = Open().Create(Tags("app", "a"), admin: false);
        Assert.NotNull(serving.Find(issued.Key.KeyId));

        File.SetLastWriteTimeUtc(Path.Combine(_data.FullName, "keys.json"), DateTime.UnixEpoch);
        Assert.True(Open().Revoke(issued.Key.KeyId));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(serving.Find(issued.Key.KeyId)!.RevokedAt);
    }

    [Fact]
    public void KeysMadeAtOnceByManyAreAllKept()
    {
        var ring = Open();

        Parallel.For(0, 40, i => (i % 2 == 0 ? ring : Open()).Create(Tags("app", $"a{i}"), admin: false));

        Assert.Equal(40, Open().Keys.Count);
    }

    [Fact]
    public void ADamagedKeyFileIsNamedWithItsLineAndAFix()
    {
        File.WriteAllText(Path.Combine(_data.FullName, "keys.json"), "[\n  {\"key_id\": \n");

        var error = Assert.Throws<KeyRingException>(Open);

        Assert.Contains("keys.json", error.Message);
        Assert.Contains("restore it", error.Message);
    }

    [Fact]
    public void RevokingWhatIsNotThereSaysSo() => Assert.False(Open().Revoke("SLCENOSUCHKEYXXXXXXX"));

    private KeyRing Open() => KeyRing.Open(_data.FullName, _time);

    private static ImmutableSortedDictionary<string, string> Tags(params string[] pairs) =>
        pairs.Chunk(2).ToImmutableSortedDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
}
