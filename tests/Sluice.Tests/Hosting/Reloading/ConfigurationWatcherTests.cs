using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Hosting.Reloading;

namespace Sluice.Tests.Hosting.Reloading;

public sealed class ConfigurationWatcherTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sluice-watch-").FullName;
    private int _taken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string File => Path.Combine(_directory, "sluice.yaml");

    [Fact]
    public async Task TakesAFileOnceItHasStayedTheSameForTwoLooks()
    {
        Write("a", 1);
        using var watcher = Watch(() => Task.CompletedTask);
        await watcher.LookAsync();
        await watcher.LookAsync();
        Assert.Equal(0, _taken);

        Write("", 2);
        await watcher.LookAsync();
        Write("half", 3);
        await watcher.LookAsync();
        Write("whole file", 4);
        await watcher.LookAsync();
        Assert.Equal(0, _taken);
        await watcher.LookAsync();
        Assert.Equal(1, _taken);
        await watcher.LookAsync();
        Assert.Equal(1, _taken);
    }

    [Fact]
    public async Task WhateverGoesWrongTheWatchGoesOn()
    {
        Write("a", 1);
        Exception[] faults = [new OverflowException(), new KeyNotFoundException(), new InvalidOperationException(), new IOException(), new OperationCanceledException()];
        using var watcher = Watch(() => _taken <= faults.Length ? throw faults[_taken - 1] : Task.CompletedTask);
        for (var i = 0; i < faults.Length + 1; i++)
        {
            Write("b" + i, 10 + i);
            await watcher.LookAsync();
            await watcher.LookAsync();
            Assert.Equal(i + 1, _taken);
        }
        System.IO.File.Delete(File);
        await watcher.LookAsync();
        await watcher.LookAsync();
        Directory.CreateDirectory(File);
        await watcher.LookAsync();
        await watcher.LookAsync();
    }

    /// <summary>As Kubernetes mounts a ConfigMap: the file is a link through a directory that is exchanged.</summary>
    [Fact]
    public async Task FollowsLinksToTheFileItself()
    {
        foreach (var version in (string[])["one", "two"])
        {
            Directory.CreateDirectory(Path.Combine(_directory, version));
            System.IO.File.WriteAllText(Path.Combine(_directory, version, "sluice.yaml"), "version: " + version);
        }
        var link = Path.Combine(_directory, "..data");
        Directory.CreateSymbolicLink(link, Path.Combine(_directory, "one"));
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "sluice.yaml"));
        System.IO.File.SetLastWriteTimeUtc(Path.Combine(_directory, "two", "sluice.yaml"), DateTime.UnixEpoch);
        using var watcher = Watch(() => Task.CompletedTask);
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, Path.Combine(_directory, "two"));

        await watcher.LookAsync();
        await watcher.LookAsync();
        Assert.Equal(1, _taken);
    }

    private ConfigurationWatcher Watch(Func<Task> takeOver) => new(
        File,
        () =>
        {
            _taken++;
            return takeOver();
        },
        NullLogger<ConfigurationWatcher>.Instance);

    private void Write(string text, int second)
    {
        System.IO.File.WriteAllText(File, text);
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UnixEpoch.AddSeconds(second));
    }
}
