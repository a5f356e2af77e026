using System.Globalization;
using System.Text;
using Sluice.Insights.Imports.Parquet;

namespace Sluice.Insights.Tests.Imports.Parquet;

public sealed class SpellingsTests
{
    [Fact]
    public void TimesAreSpelledAsTheirFormatHasThem()
    {
        var random = new Random(20261201);
        DateTime[] times = [DateTime.MinValue, DateTime.MaxValue, new(2026, 11, 1), .. Enumerable.Range(0, 500).Select(i => new DateTime(random.NextInt64(DateTime.MaxValue.Ticks) / (i % 2 == 0 ? 1 : 10_000_000) * (i % 2 == 0 ? 1 : 10_000_000)))];
        var text = new byte[Spellings.MaxBytes];
        Assert.All(times, time =>
        {
            Assert.True(Spellings.Moment(time, text, out var written));
            var format = time.Ticks % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
            Assert.Equal(time.ToString(format, CultureInfo.InvariantCulture), Encoding.UTF8.GetString(text, 0, written));
        });
    }
}
