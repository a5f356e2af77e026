using System.Globalization;
using Sluice.Core;

namespace Sluice.Output;

/// <summary>Writes the values of a column for people. The type of the values says how: money, counts and other numbers, yes or no, text.</summary>
internal static class ColumnText
{
    private const string Unknown = "-";

    private static readonly (decimal Size, string Sign)[] Units = [(1_000_000_000, " bn"), (1_000_000, " M"), (1_000, " k")];

    /// <param name="totals">For each row that is a total, the rows that it sums.</param>
    public static TableColumn Of(string name, object?[] values, IReadOnlyDictionary<int, int[]> totals, bool fullIds)
    {
        var rows = Enumerable.Range(0, values.Length).Where(i => !totals.ContainsKey(i)).ToList();
        object?[] known = [.. rows.Select(i => values[i]).Where(v => v is not (null or ""))];
        var column = new TableColumn { Header = Words.Printable(name), Cells = [], IsEmpty = known.Length == 0 && rows.Count > 0 };
        if (known.Length == 0 || !Array.TrueForAll(known, IsNumber))
        {
            var shortNames = ModelName.IsColumn(name) && !fullIds ? ModelName.ShortNames(known.OfType<string>()) : null;
            string[] cells = [.. values.Select(v => Words.Printable(shortNames is not null && v is string id ? shortNames.GetValueOrDefault(id, id) : Text(v)))];
            return column with { Cells = cells, Constant = OfEveryRow(rows, cells) };
        }
        decimal?[] numbers = [.. values.Select(Number)];
        var isCount = Array.TrueForAll(known, v => v is long or int);
        decimal[] all = [.. numbers.OfType<decimal>()];
        var decimals = isCount ? 0 : known[0] is Money or Amount ? ShownNumbers.MoneyDecimals(all) : ShownNumbers.Decimals(all);
        string[] texts = Blanks(Texts(numbers, totals, 1, decimals, ""));
        return column with
        {
            IsNumber = true,
            Counts = isCount ? all.Count(n => n != 0) : null,
            Cells = texts,
            Abbreviated = isCount && Unit(all) is { Size: > 1 } unit ? Blanks(Texts(numbers, totals, unit.Size, 1, unit.Sign)) : null,
            Constant = Array.TrueForAll(numbers, n => n == 0) ? OfEveryRow(rows, texts) : null,
        };

        // An empty text is a field that has no meaning in its row, such as an average in a row of sums.
        string[] Blanks(string[] cells) => [.. cells.Select((cell, i) => values[i] is "" ? "" : cell)];
    }

    private static bool IsNumber(object? value) => value is long or int or decimal or double or Money or Amount;

    private static decimal? Number(object? value) => value switch
    {
        Money money => money.Usd,
        Amount amount => amount.Value,
        double number when Math.Abs(number) < (double)decimal.MaxValue => (decimal)number,
        long or int or decimal => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static (decimal Size, string Sign) Unit(decimal[] numbers) =>
        Units.FirstOrDefault(u => numbers.Max(Math.Abs) >= u.Size, (1, ""));

    private static string[] Texts(decimal?[] numbers, IReadOnlyDictionary<int, int[]> totals, decimal unit, int decimals, string sign)
    {
        decimal?[] exact = [.. numbers.Select(n => n / unit)];
        decimal?[] shown = [.. exact.Select(n => n is { } number ? decimal.Round(number, decimals, MidpointRounding.AwayFromZero) : (decimal?)null)];
        // A total of totals comes last and is settled first.
        foreach (var (total, members) in totals.OrderByDescending(t => t.Key))
        {
            int[] summed = [.. members.Where(i => exact[i] is not null)];
            // A share or an average has a value in the last row that is not a sum.
            if (numbers[total] is not { } sum || summed.Sum(i => numbers[i]!.Value) != sum)
                continue;
            foreach (var (i, part) in summed.Zip(ShownNumbers.Round([.. summed.Select(i => exact[i]!.Value)], shown[total]!.Value, decimals)))
                shown[i] = part;
        }
        return [.. exact.Zip(shown, (number, rounded) => number switch { null => Unknown, 0 when sign.Length > 0 => "0", { } n => ShownNumbers.Text(n, rounded!.Value, decimals) + sign })];
    }

    private static string? OfEveryRow(List<int> rows, string[] cells) =>
        rows.Count > 1 && rows.TrueForAll(i => cells[i] == cells[rows[0]]) ? cells[rows[0]] : null;

    private static string Text(object? value) => value switch
    {
        null => Unknown,
        bool flag => flag ? "yes" : "no",
        _ => IsNumber(value) && Number(value) is { } number ? number.ToString("#,0.############", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
