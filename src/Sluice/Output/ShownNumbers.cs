using System.Globalization;

namespace Sluice.Output;

/// <summary>
/// Numbers as people read them: one number of decimals for a column, and parts that add up to their sum as shown. An amount
/// that is too small for the decimals says so; only 0 shows as 0.
/// </summary>
internal static class ShownNumbers
{
    /// <summary>As many decimals as tell the smallest amount from 0, but no more than four digits of the largest make worth reading.</summary>
    public static int MoneyDecimals(IEnumerable<decimal> amounts)
    {
        decimal[] sizes = [.. amounts.Select(Math.Abs).Where(a => a != 0)];
        return sizes.Length == 0 ? 2 : Math.Min(ToTell(sizes.Min()), WorthReading(sizes.Max()));

        static int ToTell(decimal smallest) => smallest switch { >= 0.1m => 2, >= 0.0001m => 4, >= 0.000001m => 6, >= 0.00000001m => 8, _ => 12 };
        static int WorthReading(decimal largest) => largest switch { >= 100 => 2, >= 1 => 4, >= 0.01m => 6, >= 0.0001m => 8, _ => 12 };
    }

    /// <summary>As many decimals as the numbers have, up to four, or more where they are all small.</summary>
    public static int Decimals(IReadOnlyCollection<decimal> numbers) =>
        numbers.Count == 0 ? 0 : Math.Min(numbers.Max(n => (n / 1.000000000000000000000000000000m).Scale), Math.Max(4, MoneyDecimals(numbers)));

    /// <summary>
    /// Rounds parts so that they add up to <paramref name="sum"/>, which is theirs rounded up or down: each is rounded
    /// down, and the largest remainders get what is missing.
    /// </summary>
    public static decimal[] Round(IReadOnlyList<decimal> parts, decimal sum, int decimals)
    {
        var scale = Scale(decimals);
        decimal[] scaled = [.. parts.Select(p => p * scale)];
        decimal[] whole = [.. scaled.Select(decimal.Floor)];
        var missing = (int)(sum * scale - whole.Sum());
        foreach (var i in Enumerable.Range(0, whole.Length).OrderByDescending(i => scaled[i] - whole[i]).ThenByDescending(i => scaled[i]).Take(missing))
            whole[i]++;
        return [.. whole.Select(w => w / scale)];
    }

    public static string Text(decimal exact, decimal shown, int decimals) => shown == 0 && exact != 0
        ? (exact > 0 ? "<" : ">-") + Digits(1 / Scale(decimals), decimals)
        : Digits(shown, decimals);

    private static string Digits(decimal number, int decimals) => number.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    private static decimal Scale(int decimals) => Enumerable.Repeat(10m, decimals).Aggregate(1m, (scale, ten) => scale * ten);
}
