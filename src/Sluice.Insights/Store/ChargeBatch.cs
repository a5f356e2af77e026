
namespace Sluice.Insights.Store;

/// <summary>One charge on its way into the store.</summary>
internal struct ChargeRow
{
    /// <summary>As the batches of the import number facets.</summary>
    public int Facet;
    public long From;
    public long To;

    /// <summary>The number of its file among those of the store, and its line there.</summary>
    public long Part;
    public long Line;

    /// <summary>Whether it is added to what earlier imports said, rather than taking its place.</summary>
    public bool AddsUp;

    /// <summary>Whether it is one of the records that a source delivers once each, of which any may be about the same time.</summary>
    public bool IsRecord;
    public ChargeSums Sums;
}

/// <summary>Some thousand charges, handed over at once from the thread that reads a bill to the one that writes the store.</summary>
internal sealed class ChargeBatch
{
    private const int Capacity = 40_000;

    private readonly ChargeRow[] _rows = new ChargeRow[Capacity];

    public int Count { get; private set; }

    public bool IsFull => Count == Capacity;

    /// <summary>Facets that no earlier batch had, in the order of their numbers.</summary>
    public List<(UInt128 Identity, CostFacet Facet)> NewFacets { get; } = [];

    /// <summary>Whether facets are numbered from 0 again.</summary>
    public bool ForgetsFacets { get; set; }

    public Span<ChargeRow> Rows => _rows.AsSpan(0, Count);

    public ref ChargeRow Add()
    {
        ref var row = ref _rows[Count++];
        row = default;
        return ref row;
    }

    public void Clear()
    {
        Count = 0;
        ForgetsFacets = false;
        NewFacets.Clear();
    }
}
