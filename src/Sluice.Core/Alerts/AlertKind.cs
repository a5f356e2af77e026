namespace Sluice.Core.Alerts;

/// <summary>What an alert is about.</summary>
public enum AlertKind
{
    Budget,
    Limit,
    UnpricedModel,
    ReconciliationGap,
    Ledger,
    Quality,

    /// <summary>Nothing has happened: its owner tries the channels.</summary>
    Test,
}

/// <summary>The kinds by the names that settings and listings call them.</summary>
public static class AlertKinds
{
    private static readonly string[] Names = ["budget", "limit", "unpriced_model", "reconciliation_gap", "ledger", "quality", "test"];

    public static string Name(this AlertKind kind) => Names[(int)kind];

    public static bool TryParse(string name, out AlertKind kind)
    {
        kind = (AlertKind)Math.Max(0, Array.IndexOf(Names, name));
        return kind.Name() == name;
    }

    public static IReadOnlyList<string> All => Names;
}
