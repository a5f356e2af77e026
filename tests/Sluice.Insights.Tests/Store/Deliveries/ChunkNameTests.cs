using Sluice.Insights.Store.Deliveries;


namespace Sluice.Insights.Tests.Store.Deliveries;

public sealed class ChunkNameTests
{
    [Theory]
    [InlineData("cur-00002.csv.gz", "cur", 2, true)]
    [InlineData("s3://bucket/cur/20261101-20261201/assembly/report-12.csv.gz", "report", 12, false)]
    [InlineData("bills.zip/nov/focus_export-00001.snappy.parquet", "focus_export", 1, true)]
    [InlineData("cur-2026-11-00003.csv", "cur-2026-11", 3, true)]
    [InlineData("part_0_0001.csv", "part_0", 1, true)]
    [InlineData("cur-00001 (1).csv", "cur", 1, true)]
    [InlineData("billing part3.CSV", "billing part", 3, false)]
    public void ANumberAtTheEndIsThatOfAPart(string path, string stem, int number, bool isPadded) =>
        Assert.Equal(new ChunkName(stem, number, isPadded), ChunkName.Of(path));

    [Theory]
    [InlineData("monday.csv")]
    [InlineData("cur-2026-11.csv")]
    [InlineData("cur-2026-11-30.csv.gz")]
    [InlineData("cur_20261130.csv")]
    [InlineData("2026.csv")]
    [InlineData("1.csv")]
    [InlineData("cur (2).csv")]
    [InlineData("cur-v2.csv")]
    public void DaysCopiesAndVersionsAreNone(string path) => Assert.Null(ChunkName.Of(path));
}
