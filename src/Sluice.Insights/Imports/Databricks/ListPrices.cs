using System.Text;
using System.Text.Json;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Databricks;

/// <summary>Databricks' <c>system.billing.list_prices</c>: what a unit of each SKU cost at public prices, and when.</summary>
internal sealed class ListPrices
{
    private readonly Dictionary<(string Sku, string Cloud), List<Price>> _prices = [];

    public int Count => _prices.Count;

    /// <param name="path">CSV or JSON, plain, gzip or zip.</param>
    /// <exception cref="ImportException">The file can't be read, or a price of it.</exception>
    public static ListPrices Read(string path, BillPlaces places)
    {
        var prices = new ListPrices();
        using var file = new BillFile(path, places);
        try
        {
            foreach (var (name, content) in file.Parts())
            {
                foreach (var (line, field) in Rows(name, content))
                    prices.Add(name, line, field);
            }
        }
        catch (Exception e) when (e is InvalidDataException or CsvHelper.CsvFormatException)
        {
            throw new ImportException($"'{path}' can't be read as list prices: {e.Message}", e);
        }
        return prices.Count > 0 ? prices : throw new ImportException($"'{path}' has no list prices; it must be system.billing.list_prices as CSV or JSON.");
    }

    /// <summary>What a SKU cost at a moment; null where the list has no price for then.</summary>
    public (decimal PerUnit, decimal? Effective, string Currency)? At(string sku, string cloud, DateTimeOffset at)
    {
        if (_prices.GetValueOrDefault((sku, cloud)) is not { } prices)
            return null;
        foreach (var price in prices)
        {
            if (at >= price.From && at < price.To)
                return (price.PerUnit, price.Effective, price.Currency);
        }
        return null;
    }

    private static IEnumerable<(long Line, Func<string, string> Field)> Rows(string name, PeekedStream content)
    {
        if (BillFormats.IsJson(content))
        {
            using var records = new JsonRecords(content, name, (line, reason) => throw new ImportException($"'{name}', line {line}: {reason}"));
            while (records.Read())
            {
                using var record = JsonDocument.Parse(records.Current);
                yield return (records.LineNumber, field => record.RootElement.Text(field));
            }
            yield break;
        }
        using var table = BillTable.Open(content, name, h => h, (line, reason) => throw new ImportException($"'{name}', line {line}: {reason}"));
        while (table.Read())
            yield return (table.LineNumber, table.Text);
    }

    private void Add(string name, long line, Func<string, string> field)
    {
        // 'pricing' is a struct, exported as JSON, whose 'default' is the price of those who have no other.
        var pricing = JsonTags.Read(field("pricing"));
        var text = pricing.GetValueOrDefault("default") ?? field("pricing.default");
        if (!FieldText.TryTime(Encoding.UTF8.GetBytes(field("price_start_time")), out var from) || !FieldText.TryAmount(Encoding.UTF8.GetBytes(text), out var amount) || amount is not { } perUnit)
            throw new ImportException($"'{name}', line {line}: no list price of Databricks; price_start_time '{field("price_start_time")}' or pricing.default '{text}' can't be read.");
        // What Databricks charges by: the list price, or a promotion's.
        var effectiveText = JsonTags.Read(pricing.GetValueOrDefault("effective_list") ?? "").GetValueOrDefault("default") ?? field("pricing.effective_list.default");
        if (!FieldText.TryAmount(Encoding.UTF8.GetBytes(effectiveText), out var effective))
            throw new ImportException($"'{name}', line {line}: pricing.effective_list.default '{effectiveText}' is no number.");
        var to = FieldText.TryTime(Encoding.UTF8.GetBytes(field("price_end_time")), out var end) ? end : DateTimeOffset.MaxValue;
        var key = (field("sku_name"), field("cloud"));
        if (!_prices.TryGetValue(key, out var list))
            _prices[key] = list = [];
        var currency = field("currency_code").ToUpperInvariant();
        if (list.Find(p => p.From < to && from < p.To && p.Currency != currency) is { Currency: not null } other)
        {
            throw new ImportException(
                $"'{name}', line {line}: {key.Item1} has a price in {currency} and at the same time one in {other.Currency}, and usage doesn't tell its currency; keep the rows of the currency that the account is billed in.");
        }
        list.Add(new Price(from, to, perUnit, effective, currency));
    }

    private readonly record struct Price(DateTimeOffset From, DateTimeOffset To, decimal PerUnit, decimal? Effective, string Currency);
}
