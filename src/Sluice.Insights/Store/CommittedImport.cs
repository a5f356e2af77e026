namespace Sluice.Insights.Store;

/// <summary>What became of the charges of one import.</summary>
/// <param name="Added">New ones.</param>
/// <param name="Restated">Those that took the place of what an earlier import said.</param>
/// <param name="Removed">Those of earlier imports that a delivery of the whole period has no more.</param>
/// <param name="Notes">What was counted once though it was told twice, each in a sentence.</param>
internal readonly record struct CommittedImport(long Added, long Restated, long Removed, IReadOnlyList<string> Notes);
