namespace Sluice.Gateway.Levers.SemanticRecall.Bounding;

/// <summary>What a tenant's traffic has shown so far.</summary>
/// <param name="Labels">The latest, oldest first.</param>
public sealed record BoundSnapshot(long Calls, long Served, int Explored, int ExploredWrong, int Complaints, IReadOnlyList<BoundLabel> Labels);

/// <summary>What one fresh answer showed of the match that was not served.</summary>
/// <param name="Weight">For how many matches it stands.</param>
/// <param name="Call">The number of the call.</param>
public readonly record struct BoundLabel(double Score, bool IsRight, double Weight, long Call);
