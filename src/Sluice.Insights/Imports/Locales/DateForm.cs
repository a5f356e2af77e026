using System.Globalization;
using System.Text;

namespace Sluice.Insights.Imports.Locales;

/// <summary>A day written as people do, with the year last or with slashes, and a time of day beside it if there is one.</summary>
/// <param name="First">The first of day and month.</param>
/// <param name="Second">The other.</param>
/// <param name="Order">Where the spelling tells it, or null.</param>
/// <param name="IsProof">Whether it tells the order of others too: it has a number that can be no month.</param>
internal readonly record struct DateForm(int Year, int First, int Second, DateOrder? Order, bool IsProof, TimeSpan Time)
{
    private const int MaxLength = 32;
    private const int MonthsPerYear = 12;

    private static readonly string[] Times = ["H:mm", "H:mm:ss", "H:mm:ss.FFFFFFF", "h:mm tt", "h:mm:ss tt"];

    /// <summary>Whether day and month could be exchanged, and the day would be another.</summary>
    public bool IsAmbiguous => Order is null && First != Second;

    public static bool TryParse(ReadOnlySpan<byte> utf8, out DateForm form)
    {
        form = default;
        var text = utf8.Length <= MaxLength ? Encoding.UTF8.GetString(utf8).Trim() : "";
        var end = text.IndexOfAny([' ', 'T']);
        var day = end < 0 ? text : text[..end];
        var time = default(DateTime);
        if (end >= 0 && !DateTime.TryParseExact(text[(end + 1)..].TrimEnd('Z'), Times, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces | DateTimeStyles.NoCurrentDateDefault, out time))
            return false;
        var at = day.IndexOfAny(['/', '.', '-']);
        if (at < 0 || day.Split(day[at]) is not [var a, var b, var c] || !TryDigits(a, out var one) || !TryDigits(b, out var two) || !TryDigits(c, out var three))
            return false;
        if (a.Length == 4 && b.Length <= 2 && c.Length <= 2)
            form = new DateForm(one, two, three, DateOrder.MonthFirst, IsProof: false, time.TimeOfDay);
        else if (a.Length <= 2 && b.Length <= 2 && c.Length is 2 or 4)
        {
            // Those who write points between write the day first.
            DateOrder? order = day[at] == '.' || one > MonthsPerYear ? DateOrder.DayFirst : two > MonthsPerYear ? DateOrder.MonthFirst : null;
            form = new DateForm(c.Length == 2 ? 2000 + three : three, one, two, order, order is not null && day[at] != '.', time.TimeOfDay);
        }
        else
            return false;
        return form.TryTime(form.Order ?? DateOrder.MonthFirst, out _);
    }

    public bool TryTime(DateOrder order, out DateTimeOffset time)
    {
        time = default;
        var (month, day) = (Order ?? order) == DateOrder.MonthFirst ? (First, Second) : (Second, First);
        if (Year is < 1 or > 9998 || month is < 1 or > MonthsPerYear || day < 1 || day > DateTime.DaysInMonth(Year, month))
            return false;
        time = new DateTimeOffset(Year, month, day, 0, 0, 0, TimeSpan.Zero) + Time;
        return FieldText.IsPlausible(time);
    }

    private static bool TryDigits(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
