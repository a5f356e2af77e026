using Sluice.Configuration;

namespace Sluice.Hosting;

/// <summary>What a host needs beside the options.</summary>
internal sealed record HostSettings
{
    /// <summary>The file to watch for changes, or null.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>Reads the options again when the file has changed.</summary>
    public Func<SluiceOptions>? Reread { get; init; }

    /// <summary>The clock of calls; the demo's runs faster.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
