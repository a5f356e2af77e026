namespace Sluice.Gateway.Levers.Planning;

/// <summary>The ways to save, in the order of the pipeline.</summary>
public enum Lever
{
    Trim,
    Recall,
    Semantic,
    Coalesce,
    Route,
    Output,
    Mark,
    Place,
}

/// <summary>The levers' names as they stand in configuration, headers, the ledger and reports.</summary>
public static class LeverNames
{
    public static IReadOnlyList<Lever> All { get; } = [Lever.Trim, Lever.Recall, Lever.Semantic, Lever.Coalesce, Lever.Route, Lever.Output, Lever.Mark, Lever.Place];

    public static string Name(this Lever lever) => lever switch
    {
        Lever.Trim => "trim",
        Lever.Recall => "recall",
        Lever.Semantic => "semantic",
        Lever.Coalesce => "coalesce",
        Lever.Route => "route",
        Lever.Output => "output",
        Lever.Mark => "mark",
        _ => "place",
    };
}
