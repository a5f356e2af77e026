using System.Collections.Immutable;
using Sluice.Gateway.Edge;

namespace Sluice.Configuration;

/// <summary>Reads <c>hosts</c>, <c>operations</c> and the limits of connections.</summary>
internal static class EdgeReader
{
    private static readonly Dictionary<string, UnknownOperations> Unknowns = new(StringComparer.Ordinal)
    {
        ["refuse"] = UnknownOperations.Refuse,
        ["pass"] = UnknownOperations.Pass,
    };

    /// <param name="top">The whole file.</param>
    /// <param name="limits">Its section <c>limits</c>, which has others of its own; null where there is none.</param>
    public static EdgeSettings Read(YamlSection top, YamlSection? limits)
    {
        var defaults = new EdgeSettings();
        return new EdgeSettings
        {
            Hosts = [.. top.Texts("hosts") ?? []],
            Unknown = Operations(top.Section("operations")),
            Connections = limits?.Integer("connections", 1, 10_000_000),
            RequestMemoryBytes = limits?.Bytes("request_memory", 1024 * 1024, 1L << 40),
            FirstByte = Limit(limits, "first_byte", defaults.FirstByte),
            Headers = Limit(limits, "headers", defaults.Headers),
            Body = Limit(limits, "body", defaults.Body),
            Idle = Limit(limits, "idle", defaults.Idle),
            Shutdown = Limit(limits, "shutdown", defaults.Shutdown),
        };
    }

    private static UnknownOperations Operations(YamlSection? section)
    {
        var unknown = section?.Choice("unknown", Unknowns) ?? UnknownOperations.Refuse;
        section?.RejectUnknown();
        return unknown;
    }

    private static TimeSpan Limit(YamlSection? limits, string name, TimeSpan otherwise) =>
        limits?.Duration(name, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24)) ?? otherwise;
}
