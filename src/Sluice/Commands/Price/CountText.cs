using System.Globalization;

namespace Sluice.Commands.Price;

/// <summary>Counts as people write them: <c>20000000</c>, <c>20M</c>, <c>1.5k</c>, <c>2B</c>.</summary>
internal static class CountText
{
    /// <summary>A count from 0 up; k, M and B stand for thousands, millions and billions, in either case.</summary>
    public static bool TryParse(string text, out decimal count)
    {
        var factor = text.Length == 0 ? 1 : char.ToLowerInvariant(text[^1]) switch
        {
            'k' => 1_000m,
            'm' => 1_000_000m,
            'b' => 1_000_000_000m,
            _ => 1m,
        };
        var digits = factor == 1 ? text : text[..^1];
        // A longer number has no room left for its factor, and is no count of anything.
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out count) && Fits(ref count, factor);
    }

    private static bool Fits(ref decimal count, decimal factor)
    {
        if (count > long.MaxValue)
            return false;
        count *= factor;
        return true;
    }
}
