using System.Text;
using System.Text.RegularExpressions;
using Sluice.Core;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using Sluice.Insights.Tests.Imports.Fuzzing;

namespace Sluice.Insights.Tests.Imports;

/// <summary>Whatever time a bill of any kind has, it is one that a bill can have or a mistake that names line and value; nothing ever throws.</summary>
public sealed class ExtremeTimeTests
{
    private static readonly Regex Day = LinearRegex.Of("2026-[0-9][0-9]-[0-9][0-9]|1[12]/[0-9][0-9]/2026|17[0-9]{8}|202611");

    [Theory]
    [InlineData("0001-01-01", "01/01/0001", "-62135596800")]
    [InlineData("0000-01-01", "01/01/0000", "0")]
    [InlineData("1969-12-31", "12/31/1969", "-1")]
    [InlineData("9999-12-31", "12/31/9999", "253402300799")]
    [InlineData("10000-01-01", "01/01/10000", "9223372036854775807")]
    [InlineData("-9999-01-01", "-1/-1/-1", "-9223372036854775808")]
    [InlineData("9223372036854775807", "9223372036854775808", "1e308")]
    public async Task IsRefusedInEveryFieldOfEveryKindOfBill(string iso, string american, string epoch)
    {
        foreach (var sample in (await BillSample.AllAsync()).Where(s => s.IsTable || s.IsJson))
        {
            foreach (Match match in Day.Matches(sample.Text))
            {
                var extreme = match.Value.Contains('-', StringComparison.Ordinal) ? iso : match.Value.Contains('/', StringComparison.Ordinal) ? american : match.Length == 6 ? "999912" : epoch;
                Try(sample, sample.Text[..match.Index] + extreme + sample.Text[(match.Index + match.Length)..], extreme);
            }
        }
    }

    private static void Try(BillSample sample, string text, string extreme)
    {
        using var folder = new StoreFolder();
        try
        {
            var result = folder.Import(folder.File(sample.Name, Encoding.UTF8.GetBytes(text)));
            Assert.All(result.SetAsideRows, r => Assert.True(r.Line > 0 && r.Reason.Contains('\'', StringComparison.Ordinal), $"{sample.Name}: {r.Reason}"));
            Assert.All(folder.Rows().Concat(folder.Counted()), r => Assert.InRange(r.Amounts.From.Year, 2000, 2099));
            Assert.All(folder.Rows().Concat(folder.Counted()), r => Assert.InRange(r.Amounts.To.Year, 2000, 2100));
            Assert.DoesNotContain(folder.Rows(), r => r.Facet.BillingMonth.StartsWith("000", StringComparison.Ordinal) || r.Facet.BillingMonth.StartsWith('9'));
        }
        catch (ImportException e)
        {
            Assert.True(e.Message.Contains("line", StringComparison.Ordinal) && e.Message.Contains(sample.Name, StringComparison.Ordinal), $"{sample.Name} with {extreme}: {e.Message}");
        }
    }

    /// <summary>The column, the value and the line are named, and why it is refused.</summary>
    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9223372036854775807")]
    public void TheMessageNamesColumnValueLineAndYears(string time)
    {
        using var folder = new StoreFolder();
        var result = folder.ImportText(StoreFolder.CurHeader + "\n" + StoreFolder.Charge("USE1-NovaLite-input-tokens", "1", "0.06")
            + StoreFolder.Charge("USE1-NovaLite-input-tokens", "1", "0.06").Replace("2026-11-20T10:00:00Z", time, StringComparison.Ordinal));

        var row = Assert.Single(result.SetAsideRows);
        Assert.Equal(3, row.Line);
        Assert.Equal($"line_item_usage_start_date '{time}' lies outside the years 2000 to 2099, or is no time such as 2026-11-21T10:00:00Z", row.Reason);
    }

    [Fact]
    public async Task ParquetsTimesAreNoOtherThanText()
    {
        foreach (var hour in (DateTime[])[DateTime.MinValue, new(9999, 12, 31, 22, 0, 0, DateTimeKind.Utc)])
        {
            using var folder = new StoreFolder();
            var rows = CurRow.Random(2, seed: 1);
            rows[1] = rows[1] with { Hour = DateTime.SpecifyKind(hour, DateTimeKind.Utc) };
            var result = folder.Import(folder.File("cur.parquet", await CurRow.ParquetAsync(rows)));

            Assert.Equal((1, 1), (result.Rows, result.SetAside));
            Assert.Contains("lies outside the years", result.SetAsideRows[0].Reason, StringComparison.Ordinal);
        }
    }
}
