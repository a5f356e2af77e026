namespace Sluice.Insights.Conformance;

/// <summary>A rule about one row, judged where the file has its column and those it needs.</summary>
/// <param name="Id">Stable; several columns may share one.</param>
/// <param name="Column">The column at fault.</param>
/// <param name="Needs">Other columns that the file must have for the rule to be judged.</param>
/// <param name="What">What is wrong, in words.</param>
/// <param name="Fix">What to do.</param>
/// <param name="IsBroken">Whether the row breaks it.</param>
internal sealed record FocusRule(string Id, string Column, string[] Needs, string What, string Fix, Func<FocusRow, bool> IsBroken)
{
    public FocusVersion Since { get; init; }

    /// <summary>What the specification recommends rather than demands.</summary>
    public bool IsAdvice { get; init; }

    public bool AppliesTo(FocusVersion version, Func<string, bool> has) =>
        version >= Since && has(Column) && FocusColumns.Find(Column, version) is not null && Array.TrueForAll(Needs, n => has(n));
}

/// <summary>A rule that a file breaks.</summary>
/// <param name="Id">Of the rule.</param>
/// <param name="Column">The column at fault; empty where it is the row.</param>
/// <param name="IsAdvice">What is recommended and not demanded.</param>
/// <param name="Line">The first line that breaks it; 1 is the header.</param>
/// <param name="Rows">How many do; 1 for the header.</param>
/// <param name="What">What is wrong, with the first value where that tells something.</param>
/// <param name="Fix">What to do.</param>
public sealed record BrokenRule(string Id, string Column, bool IsAdvice, long Line, long Rows, string What, string Fix);

/// <summary>What a check found.</summary>
/// <param name="Version">The version that the file was held to.</param>
/// <param name="IsVersionDetected">Whether it was found out rather than said.</param>
/// <param name="Rows">All that were read.</param>
/// <param name="Broken">By line.</param>
public sealed record FocusVerdict(FocusVersion Version, bool IsVersionDetected, long Rows, IReadOnlyList<BrokenRule> Broken)
{
    /// <summary>Whether nothing is broken that the specification demands.</summary>
    public bool IsConformant => Broken.All(b => b.IsAdvice);
}
