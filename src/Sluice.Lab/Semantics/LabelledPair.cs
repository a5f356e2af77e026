namespace Sluice.Lab.Semantics;

/// <summary>Two texts and whether one answer fits both.</summary>
public sealed record LabelledPair(string A, string B, bool IsDuplicate);
