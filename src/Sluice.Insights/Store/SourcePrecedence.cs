
namespace Sluice.Insights.Store;

/// <summary>
/// Which source counts where several tell of the same charges: the same usage is in AWS's CUR, in its FOCUS export and in Cost Explorer's
/// answers, and must be counted once.
/// </summary>
public static class SourcePrecedence
{
    /// <summary>Bills from the one with the most detail to the one with the least; a provider's own export, which is none of these, comes after a CUR and Azure's amortized costs.</summary>
    private const int Own = 2;

    private static readonly Dictionary<string, int> Ranks = new(StringComparer.Ordinal) { ["cur"] = 0, ["azure-amortized"] = 1, ["focus"] = 3, ["cost-explorer"] = 4 };

    /// <summary>Whether a source counts tokens and never tells what they cost: what it counts is on a bill too, with its money.</summary>
    public static bool CountsTokensOnly(string source) => BillSources.TryParse(source, out var known) && known.IsCount();

    internal static int Rank(string source) => Ranks.GetValueOrDefault(source, Own);

    /// <summary>Whether the charges of one are those of the other, told in less detail.</summary>
    internal static bool IsShadowed(in BillOrigin origin, in BillOrigin by) =>
        origin.Provider == by.Provider && Rank(by.Source) < Rank(origin.Source) && !CountsTokensOnly(by.Source) && !CountsTokensOnly(origin.Source)
        && (origin.Account == by.Account || origin.Account.Length == 0 || by.Account.Length == 0);
}

/// <summary>Where charges of a day come from.</summary>
internal readonly record struct BillOrigin(string Provider, string Account, string Source);
