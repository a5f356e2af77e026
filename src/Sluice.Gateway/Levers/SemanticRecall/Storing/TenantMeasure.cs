using Sluice.Gateway.Levers.SemanticRecall.Calibrating;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>What became of one tenant's look-ups since the process began.</summary>
/// <param name="Calls">How many were looked up.</param>
/// <param name="Served">How many matches were good enough and given; in shadow, would have been.</param>
/// <param name="Explored">Of the matches that were good enough, how many were asked upstream all the same, so that it is known whether they were right.</param>
/// <param name="Wrong">How many of those were wrong.</param>
/// <param name="FalseHitRate">With 95 %.</param>
/// <param name="Complaints">Served answers that a caller has called wrong since; not in the rate.</param>
/// <param name="Threshold">From which score on is served; infinity while nothing is.</param>
public sealed record TenantMeasure(string Tenant, long Calls, long Served, int Explored, int Wrong, WilsonInterval FalseHitRate, int Complaints, double Threshold);
