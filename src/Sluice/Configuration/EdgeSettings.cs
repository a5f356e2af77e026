using System.Collections.Immutable;
using Sluice.Gateway.Edge;

namespace Sluice.Configuration;

/// <summary>Whom the gateway listens to, and for how long.</summary>
public sealed record EdgeSettings
{
    /// <summary>Further names by which local programs may call the gateway without a key.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    public UnknownOperations Unknown { get; init; }

    /// <summary>Connections at once, and calls at once; null follows from the descriptors that the process may open.</summary>
    public int? Connections { get; init; }

    /// <summary>What the bodies of all calls may take together; null is a quarter of the memory that the process may use.</summary>
    public long? RequestMemoryBytes { get; init; }

    /// <summary>From a connection's start to the first bytes on it.</summary>
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromSeconds(20);

    public TimeSpan Headers { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the whole body of a request.</summary>
    public TimeSpan Body { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two requests on a connection.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How long calls under way may go on when the process is asked to end. Kubernetes kills after 30 s.</summary>
    public TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(25);
}
