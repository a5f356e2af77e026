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
}
