namespace Sluice.Insights.Store.Deliveries;

/// <summary>At the end of a delivery it has turned out to be another than it seemed: nothing of it stays, and it is read again with that known.</summary>
internal sealed class ImportAgainException() : Exception("The delivery has to be read again.");
