using Sluice.Hosting.Reloading;

namespace Sluice.Hosting;

/// <summary>What a host needs beside the options.</summary>
internal sealed record HostSettings
{
    /// <summary>The file to watch for changes, or null.</summary>
    public WatchedFile? Watched { get; init; }

    /// <summary>The clock of calls; the demo's runs faster.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
