namespace Sluice.Compare.Bills;

/// <summary>A row of a CUR.</summary>
/// <param name="Tags">Null for a row without a map of them.</param>
internal sealed record BillLine(
    DateTime Month, string? Operation, string Product, decimal Billed, decimal Net, decimal List, string Account, decimal Amount, DateTime From, DateTime To,
    string UsageType, string? Principal, string? Resource, string Unit, string ProductName, (string Key, string Value)[]? Tags);
