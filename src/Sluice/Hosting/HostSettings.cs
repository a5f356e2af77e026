using Sluice.Hosting.Reloading;

namespace Sluice.Hosting;

/// <summary>Endpoints that a host serves without knowing them.</summary>
/// <param name="Register">Adds their services, before the host is built.</param>
/// <param name="Map">Adds middleware and routes; the second argument is the data directory.</param>
internal sealed record HostedApi(Action<IServiceCollection> Register, Action<WebApplication, string> Map);

/// <summary>What a host needs beside the options.</summary>
internal sealed record HostSettings
{
    /// <summary>The file to watch for changes, or null.</summary>
    public WatchedFile? Watched { get; init; }

    /// <summary>What the server answers itself, beside calls for Bedrock; null for a host that nobody asks.</summary>
    public HostedApi? Api { get; init; }

    /// <summary>The clock of calls; the demo's runs faster.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
