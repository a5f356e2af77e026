namespace Sluice.Insights.Conformance;

/// <summary>
/// Rules over all rows: a service has one category, a SKU price one SKU, a commitment one unit. It remembers up to a bound of each; what comes
/// later in a file with more is judged no longer.
/// </summary>
internal sealed class ParentCheck(FocusRow row, FocusVersion version)
{
    private const int MaxRemembered = 100_000;

    private readonly (string Child, string Parent, string Id, string What, string Fix, Dictionary<string, string> Known)[] _pairs =
    [.. new (string Child, string Parent, string Id, string What, string Fix)[]
        {
            ("ServiceName", "ServiceCategory", "service-of-two-categories", "the service has another category elsewhere in the file", "give each service one category"),
            ("SkuPriceId", "SkuId", "price-of-two-skus", "the SKU price belongs to another SkuId elsewhere in the file", "give each SkuPriceId one SkuId"),
            ("CommitmentDiscountId", "CommitmentDiscountUnit", "commitment-of-two-units", "the commitment discount has another unit elsewhere in the file", "measure each commitment in one unit"),
        }
        .Where(p => row.Has(p.Child) && row.Has(p.Parent) && FocusColumns.Find(p.Parent, version) is not null)
        .Select(p => (p.Child, p.Parent, p.Id, p.What, p.Fix, new Dictionary<string, string>(StringComparer.Ordinal)))];

    private readonly string _provider = row.Has("ServiceProviderName") ? "ServiceProviderName" : "ProviderName";

    public void Check(Findings findings)
    {
        foreach (var (child, parent, id, what, fix, known) in _pairs)
        {
            if (row.IsNull(child) || row.IsNull(parent))
                continue;
            // Names and ids are a provider's own.
            var key = row.Text(child);
            var provided = row.Text(_provider) + "\n" + key;
            if (!known.TryGetValue(provided, out var first))
            {
                if (known.Count < MaxRemembered)
                    known[provided] = row.Text(parent);
            }
            else if (!row.Is(parent, first) && row.Text(parent) != first)
                findings.Add(id, parent, false, row.Line, $"{what} ('{key}': '{first}' and '{row.Text(parent)}')", fix);
        }
    }
}
