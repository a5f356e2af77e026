using System.Text;
using Sluice.Insights.Imports;

namespace Sluice.Insights.Conformance;

/// <summary>The row that is being checked, by the names of FOCUS's columns. A column that the file lacks reads as null.</summary>
internal sealed class FocusRow(BillTable table)
{
    public long Line => table.LineNumber;

    public bool Has(string column) => table.Column(column) >= 0;

    public ReadOnlySpan<byte> Span(string column) => table.Span(table.Column(column));

    public string Text(string column) => table.Text(column);

    public bool IsNull(string column) => FieldText.IsNull(Span(column));

    public bool Is(string column, string value) => Ascii.Equals(Span(column), value);

    public bool IsUsage => Is("ChargeCategory", "Usage");

    public bool IsPurchase => Is("ChargeCategory", "Purchase");

    public bool IsTax => Is("ChargeCategory", "Tax");

    public bool IsCorrection => Is("ChargeClass", "Correction");

    /// <summary>Null where there is no number, or none that can be read.</summary>
    public decimal? Decimal(string column) => FieldText.TryShownAmount(Span(column), out var amount) ? amount : null;

    /// <summary>Null where there is no time, or none that can be read.</summary>
    public DateTimeOffset? Time(string column) => FieldText.TryShownTime(Span(column), out var time) ? time : null;
}
