
namespace Sluice.Insights.Store;

/// <summary>What a delivery can be the whole of: the bill of an account and a month, or of days where the source knows no months.</summary>
internal readonly record struct Bill(BillSource Source, string Account, string Month);
