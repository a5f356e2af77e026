namespace Sluice.Insights.Imports;

/// <summary>The formats of bills that can be imported.</summary>
public enum BillSource
{
    /// <summary>AWS's Cost and Usage Report as CSV, 2.0 (<c>line_item_usage_type</c>) or legacy (<c>lineItem/UsageType</c>).</summary>
    Cur,

    /// <summary>The FinOps Foundation's FOCUS, 1.0 to 1.4, as CSV, of any provider.</summary>
    Focus,
}

/// <summary>The stable names of the sources.</summary>
public static class BillSources
{
    public static IReadOnlyList<string> Names { get; } = ["cur", "focus"];

    public static string Name(this BillSource source) => Names[(int)source];

    public static bool TryParse(string name, out BillSource source)
    {
        var at = Names.ToList().IndexOf(name);
        source = (BillSource)Math.Max(at, 0);
        return at >= 0;
    }
}
