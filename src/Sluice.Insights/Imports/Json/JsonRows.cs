using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Json;

/// <summary>Takes the rows of one record, and what of it must be set aside.</summary>
internal sealed class JsonRows
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _faults = [];

    public int Count => _rows.Count;

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>One for the next row's <see cref="Row.Identity"/>; it is empty again after <see cref="RowIdentity.Take"/>.</summary>
    public RowIdentity Identity { get; } = new();

    public Row this[int index] => _rows[index];

    /// <param name="describe">Asked once for each identity, while the record is valid.</param>
    public void Add(UInt128 identity, in CostAmounts amounts, Func<CostFacet> describe, RecordKey? key = null) => _rows.Add(new Row(identity, amounts, describe, key));

    public void SetAside(string reason) => _faults.Add(reason);

    public void Clear()
    {
        _rows.Clear();
        _faults.Clear();
    }

    public readonly record struct Row(UInt128 Identity, CostAmounts Amounts, Func<CostFacet> Describe, RecordKey? Key);
}
