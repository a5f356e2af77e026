namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// The calls that may share a prompt cache, and from whose traffic one thing is learned. AWS shares no cache across
/// accounts, models, regions or profiles; Sluice shares no knowledge across tenants, apps or their tasks either.
/// </summary>
public sealed record CachePartition(string Tenant, string App, string Model, string Region, string Profile);
