using System.Text.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Json;

/// <summary>A bill or report as JSON.</summary>
/// <param name="records">Disposed with this.</param>
/// <param name="source">How a record is read.</param>
/// <param name="isRead">Whether a first record has been read already.</param>
/// <param name="setAside">Told of what can't be: the line and why.</param>
internal sealed class JsonBill(JsonRecords records, IJsonSource source, bool isRead, Action<long, string> setAside) : IBillFormat, IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    private readonly JsonRows _rows = new();
    private JsonDocument? _record;
    private int _current = -1;
    private bool _isRead = isRead;
    private long _place;

    public BillSource Source => source.Source;

    public IReadOnlyList<string> Warnings => source.Warnings;

    public long LineNumber => records.LineNumber;

    public RecordKey? Key => _rows[_current].Key is { } key ? key with { Place = _place } : null;

    public bool Read()
    {
        while (++_current >= _rows.Count)
        {
            if (!_isRead && !records.Read())
                return false;
            _isRead = false;
            Open();
        }
        return true;
    }

    public UInt128 Identity() => _rows[_current].Identity;

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = _rows[_current].Amounts;
        return null;
    }

    public CostFacet Describe()
    {
        CostFacet? facet = null;
        Reading(records, () => facet = _rows[_current].Describe());
        return facet!;
    }

    public void Dispose()
    {
        _record?.Dispose();
        records.Dispose();
    }

    private void Open()
    {
        _current = -1;
        _place++;
        _rows.Clear();
        _record?.Dispose();
        _record = JsonDocument.Parse(records.Current, Options);
        Reading(records, () => source.Read(_record.RootElement, records.List, _rows));
        foreach (var fault in _rows.Faults)
            setAside(records.LineNumber, fault);
    }

    /// <summary>Reads what names of fields are compared for.</summary>
    /// <exception cref="InvalidDataException">One of them has half of a pair of surrogates, and is no text.</exception>
    public static void Reading(JsonRecords records, Action read)
    {
        try
        {
            read();
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"line {records.LineNumber}: {e.Message}", e);
        }
    }
}
