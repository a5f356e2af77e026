using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports;

/// <summary>How files are imported.</summary>
public sealed record ImportOptions
{
    /// <summary>What they are, or null to find out.</summary>
    public BillSource? Source { get; init; }

    /// <summary>Databricks' list prices, a file of its own; null for none.</summary>
    public string? ListPrices { get; init; }

    /// <summary>
    /// The files of one import are together the whole of the bills they are of: charges of the same source, billing account and month from
    /// earlier imports that these files don't have are taken out. Sources without bills of a month: of the days that the files have.
    /// </summary>
    public bool ReplacePeriod { get; init; }

    /// <summary>What stands before the decimals of amounts, or null to have each file prove it.</summary>
    public DecimalMark? Decimal { get; init; }

    /// <summary>How days such as 3/11/2026 are meant, or null to have each file prove it.</summary>
    public DateOrder? Dates { get; init; }

    /// <summary>The period that the files are the whole of, where the one who fetched them knows it; null for what their charges span.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Span { get; init; }
}
