using Parquet;
using Parquet.Schema;

namespace Sluice.Compare.Bills;

/// <summary>Writes a CUR 2.0 as AWS Data Exports do by default: Parquet with snappy, amounts as doubles, times of milliseconds, maps as maps.</summary>
internal static class ParquetBill
{
    private const int RowsOfGroup = 100_000;

    private static readonly Column[] Columns =
    [
        Time("bill_billing_period_start_date", l => l.Month), Text("bill_payer_account_id", _ => YearOfBills.Payer), Text("line_item_currency_code", _ => YearOfBills.Currency),
        Text("line_item_line_item_type", _ => YearOfBills.LineType), Text("line_item_operation", l => l.Operation), Text("line_item_product_code", l => l.Product),
        Number("line_item_unblended_cost", l => l.Billed), Number("line_item_net_unblended_cost", l => l.Net), Number("pricing_public_on_demand_cost", l => l.List),
        Text("line_item_usage_account_id", l => l.Account), Number("line_item_usage_amount", l => l.Amount),
        Time("line_item_usage_start_date", l => l.From), Time("line_item_usage_end_date", l => l.To), Text("line_item_usage_type", l => l.UsageType),
        Text("line_item_iam_principal", l => l.Principal), Text("line_item_resource_id", l => l.Resource), Text("product_region_code", _ => YearOfBills.Region),
        Text("pricing_unit", l => l.Unit), Map("product", l => [("product_name", l.ProductName)]), Map("resource_tags", l => l.Tags),
    ];

    private sealed record Column(Field Field, Func<ParquetRowGroupWriter, BillLine[], Task> WriteAsync);

    public static async Task WriteAsync(string file, IEnumerable<BillLine> lines)
    {
        await using var stream = File.Create(file, 1 << 20);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(Columns.Select(c => c.Field)), stream, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy });
        foreach (var rows in lines.Chunk(RowsOfGroup))
        {
            using var group = writer.CreateRowGroup();
            foreach (var column in Columns)
                await column.WriteAsync(group, rows);
            group.CompleteValidate();
        }
    }

    private static Column Text(string name, Func<BillLine, string?> value)
    {
        var field = new DataField(name, typeof(string), isNullable: true);
        return new Column(field, (group, rows) => group.WriteAsync(field, [.. rows.Select(value)!], null));
    }

    private static Column Number(string name, Func<BillLine, decimal> value) => Values<double>(new DataField(name, typeof(double), isNullable: true), l => (double)value(l));

    private static Column Time(string name, Func<BillLine, DateTime> value) =>
        Values(new DateTimeDataField(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: true), value);

    private static Column Values<T>(DataField field, Func<BillLine, T> value)
        where T : struct => new(field, (group, rows) => group.WriteAsync<T>(field, rows.Select(r => (T?)value(r)).ToArray().AsMemory(), null, null, default));

    private static Column Map(string name, Func<BillLine, (string Key, string Value)[]?> value)
    {
        var (keys, values) = (new DataField("key", typeof(string), isNullable: false), new DataField("value", typeof(string), isNullable: true));
        return new Column(new MapField(name, keys, values), WritePairsAsync);

        async Task WritePairsAsync(ParquetRowGroupWriter group, BillLine[] rows)
        {
            await WritePartAsync(group, keys, rows, value, pair => pair.Key);
            await WritePartAsync(group, values, rows, value, pair => pair.Value);
        }
    }

    private static Task WritePartAsync(
        ParquetRowGroupWriter group, DataField field, BillLine[] rows, Func<BillLine, (string Key, string Value)[]?> map, Func<(string Key, string Value), string> part)
    {
        var (values, definitions, repetitions) = (new List<ReadOnlyMemory<char>>(), new List<int>(), new List<int>());
        foreach (var row in rows)
        {
            var pairs = map(row) ?? [];
            if (pairs.Length == 0)
            {
                definitions.Add(0);
                repetitions.Add(0);
            }
            foreach (var (i, pair) in pairs.Index())
            {
                values.Add(part(pair).AsMemory());
                definitions.Add(field.MaxDefinitionLevel);
                repetitions.Add(i == 0 ? 0 : 1);
            }
        }
        return group.WriteAllPartsAsync<ReadOnlyMemory<char>>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(), default);
    }
}
