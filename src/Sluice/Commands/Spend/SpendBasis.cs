using System.CommandLine;
using Sluice.Insights.Spend;
using Sluice.Ledger.Queries;

namespace Sluice.Commands.Spend;

/// <summary>What spend is read from, and what it can be asked by: calls as the gateway metered them, or bills.</summary>
internal sealed record SpendBasis(string Name, IReadOnlyList<string> Dimensions, Func<string, bool> IsDimension)
{
    public static SpendBasis Metered { get; } = new("metered", SpendQuery.Dimensions, SpendQuery.IsDimension);

    public static SpendBasis Billed { get; } = new("billed", BillDimensions.Names, BillDimensions.IsDimension);

    private SpendBasis Other => this == Metered ? Billed : Metered;

    /// <summary>Null where there is no basis of that name.</summary>
    public static SpendBasis? Find(string name) => name == Metered.Name ? Metered : name == Billed.Name ? Billed : null;

    public static Option<string?> Option(string description)
    {
        var option = new Option<string?>("--basis") { Description = description, HelpName = "metered|billed" };
        option.AcceptOnlyFromAmong(Metered.Name, Billed.Name);
        return option;
    }

    public static Option<string> CostOption()
    {
        var option = new Option<string>("--cost") { Description = "Which cost of a bill: effective (discounts spread), billed (as invoiced) or list (public prices)", HelpName = "effective|billed|list", DefaultValueFactory = _ => "effective" };
        option.AcceptOnlyFromAmong("effective", "billed", "list");
        return option;
    }

    /// <summary>What is wrong with a name that isn't a dimension of this basis.</summary>
    public string Unknown(string name) =>
        $"{(this == Metered ? "The ledger" : "A bill")} knows no '{name}'; use {string.Join(", ", Dimensions)} or tag:NAME."
        + (Other.IsDimension(name) ? $" --basis {Other.Name} has '{name}'." : "");
}
