using System.Globalization;

namespace Sluice.Configuration;

/// <summary>Durations and sizes as settings spell them. Null is for text that is none, or more than can be counted.</summary>
internal static class SettingText
{
    private static readonly (string Unit, decimal Ticks)[] Units =
        [("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond)];

    private static readonly (string Unit, long Bytes)[] Sizes = [("GB", 1L << 30), ("MB", 1L << 20), ("KB", 1L << 10), ("B", 1)];

    public static TimeSpan? Duration(string text)
    {
        var unit = text.AsSpan().TrimStart("0123456789.").ToString();
        var ticks = Array.Find(Units, u => u.Unit == unit).Ticks;
        return ticks > 0 && decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number <= TimeSpan.MaxValue.Ticks / ticks
            ? TimeSpan.FromTicks((long)(number * ticks))
            : null;
    }

    public static long? Bytes(string text)
    {
        var number = text.AsSpan().TrimEnd("BKMG ");
        var unit = text.AsSpan(number.Length).Trim().ToString();
        var bytes = unit.Length == 0 ? 1 : Array.Find(Sizes, s => s.Unit == unit).Bytes;
        return bytes > 0 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= long.MaxValue / bytes ? count * bytes : null;
    }

    /// <summary>In the largest unit that leaves a whole number.</summary>
    public static string Of(TimeSpan duration)
    {
        var (unit, ticks) = Array.Find(Units, u => duration.Ticks % u.Ticks == 0 && duration.Ticks >= u.Ticks);
        return unit is null ? "0s" : string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks:0}{unit}");
    }

    /// <summary>In the largest unit that leaves a whole number.</summary>
    public static string Of(long bytes)
    {
        var (unit, size) = Array.Find(Sizes, s => bytes % s.Bytes == 0 && bytes >= s.Bytes);
        return unit is null ? "0" : string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{unit}");
    }
}
