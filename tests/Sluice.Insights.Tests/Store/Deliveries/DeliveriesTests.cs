using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Insights.Imports;
using Sluice.Insights.Tests.Harness;
using static Sluice.Insights.Tests.Harness.StoreFolder;

namespace Sluice.Insights.Tests.Store.Deliveries;

/// <summary>Deliveries in several files, deliveries that come again, and the same usage told over periods of several lengths.</summary>
public sealed class DeliveriesTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ChunksAddUpTogetherOrOneByOneInAnyOrder()
    {
        var (one, two) = (Bill("cur-00001.csv", Part("0.80")), Bill("cur-00002.csv", Part("0.40")));
        _folder.Import([one, two], new ImportOptions());
        Assert.Equal(1.2m, Sum());

        foreach (var order in (string[][])[[one, two], [two, one]])
        {
            using var other = new StoreFolder();
            foreach (var file in order)
                other.Import(file);
            Assert.Equal(1.2m, other.Rows().Sum(r => r.Amounts.Billed));
        }
    }

    [Fact]
    public void AChunkThatIsThereAlreadyCountsOnce()
    {
        var (one, two) = (Bill("cur-00001.csv", Part("0.80")), Bill("cur-00002.csv", Part("0.40")));
        _folder.Import([one, two], new ImportOptions());
        var result = _folder.Import(two);

        Assert.Equal((1.2m, 0), (Sum(), result.Rows));
        Assert.Contains("cur-00002.csv' says what an earlier import does, and was counted once", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ADeliveryThatComesAgainTakesThePlaceOfTheFormerHoweverItIsCut()
    {
        _folder.Import([Bill("cur-00001.csv", Part("0.80")), Bill("cur-00002.csv", Part("0.40"))], new ImportOptions());
        // One by one: all of the charge is in the first now.
        _folder.Import(Bill("cur-00001.csv", Part("1.30")));
        _folder.Import(Bill("cur-00002.csv", Charge("USE1-NovaLite-output-tokens", "1", "0.24")));
        Assert.Equal(1.54m, Sum());

        _folder.Import([Bill("cur-00001.csv", Part("0.60")), Bill("cur-00002.csv", Part("0.80"))], new ImportOptions());
        Assert.Equal(1.64m, Sum());
    }

    [Fact]
    public void AGlobThatHasOneMoreChunkThanBeforeAddsIt()
    {
        var one = Bill("cur-00001.csv", Part("0.80"));
        _folder.Import(one);
        _folder.Import([one, Bill("cur-00002.csv", Part("0.40"))], new ImportOptions());

        Assert.Equal(1.2m, Sum());
    }

    [Fact]
    public void MonthsAndPayersAreDeliveriesOfTheirOwn()
    {
        foreach (var (old, other) in ((string, string)[])[("2026-11", "2026-11"), ("2026-11", "2026-10"), ("999900000001", "999900000002")])
        {
            _folder.Import(Bill("cur-00001.csv", Part("0.80").Replace(old, other, StringComparison.Ordinal)));
            _folder.Import(Bill("cur-00002.csv", Part("0.40").Replace(old, other, StringComparison.Ordinal)));
        }

        Assert.Equal(3.6m, Sum());
    }

    [Fact]
    public void NumbersThatAreNoPartsRestate()
    {
        _folder.Import(Bill("week-47.csv", Part("0.80")));
        _folder.Import(Bill("week-48.csv", Part("0.90")));

        Assert.Equal(0.9m, Sum());
    }

    [Fact]
    public void FilesOfOneCallAreDeliveriesByTheirNamesAndPlaces() => Assert.Equal(
        [["a/cur-00001.csv", "a/cur-00002.csv"], ["b/cur-00001.csv"], ["other.csv"], ["third.csv"]],
        BillImporter.Deliveries(["a/cur-00001.csv", "b/cur-00001.csv", "a/cur-00002.csv", "other.csv", "third.csv"]));

    [Fact]
    public void TheSameContentTwiceInOneDeliveryCountsOnce()
    {
        var text = Encoding.UTF8.GetBytes(CurHeader + "\n" + Part("0.80"));
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in ((string, byte[])[])[("a.csv", text), ("copy of a.csv", [.. Encoding.UTF8.Preamble, .. text]), ("wide.csv", Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(text)))])
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        var result = _folder.Import(_folder.File("twice.zip", buffer.ToArray()));

        Assert.Equal((1, 0.8m), (result.Rows, Sum()));
        Assert.Equal(2, result.Warnings.Count(w => w.Contains("counted once", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HoursAndDaysOfTheSameUsageCountOnce(bool hoursFirst)
    {
        var hours = Bill("hourly.csv", string.Concat(Enumerable.Range(0, 23).Select(h => Charge("USE1-NovaLite-input-tokens", "1", "0.8", hour: $"2026-11-20T{h:00}"))));
        var day = Bill("daily.csv", Whole("2026-11-20", "2026-11-21", "18.4"));
        _folder.Import(hoursFirst ? hours : day);
        var last = _folder.Import(hoursFirst ? day : hours);

        Assert.Equal(18.4m, Sum());
        Assert.Contains(hoursFirst ? "23 charges (18.40 USD) from earlier files told shorter periods" : "1 charge (18.40 USD) from earlier files told longer periods", Assert.Single(last.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void SomeDaysOfAMonthDontTakeItsPlace()
    {
        _folder.Import(Bill("month.csv", Whole("2026-11-01", "2026-12-01", "30")));
        var result = _folder.Import(Bill("days.csv", Whole("2026-11-03", "2026-11-04", "1") + Whole("2026-11-04", "2026-11-05", "2")));

        Assert.Equal((30m, 0), (Sum(), result.NewCharges));
        Assert.Contains("2 charges (3.00 USD) of this file lie within longer periods", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void HoursAndDaysInOneZipCountOnce()
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, lines) in ((string, string)[])[("hourly.csv", Part("0.80")), ("daily.csv", Whole("2026-11-20", "2026-11-21", "0.80"))])
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(CurHeader + "\n" + lines));
            }
        }
        _folder.Import(_folder.File("both.zip", buffer.ToArray()));

        Assert.Equal(0.8m, Sum());
    }

    [Fact]
    public void OneDeliverysOwnPeriodsAllCount()
    {
        _folder.Import(Bill("bill.csv", Whole("2026-11-01", "2026-12-01", "-5") + Whole("2026-11-20", "2026-11-21", "-1")));

        Assert.Equal(-6m, Sum());
    }

    /// <summary>However a bill is cut into chunks, and in whatever calls they come, it adds up to what it does in one file.</summary>
    [Fact]
    public void AnyCutOfABillAddsUp()
    {
        var bills =
            from costs in Gen.Choose(1, 9999).NonEmptyListOf()
            from cuts in Gen.Choose(0, 2).ListOf(costs.Count)
            from order in Gen.Shuffle((int[])[0, 1, 2])
            from together in Gen.Elements(true, false)
            select (Costs: costs.Take(12).ToList(), Cuts: cuts.ToList(), order, together);
        Check.One(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(25).WithReplay(20261130, 1), Prop.ForAll(bills.ToArbitrary(), bill =>
        {
            using var folder = new StoreFolder();
            var files = bill.order.Select(n => folder.File($"cur-0000{n + 1}.csv", Encoding.UTF8.GetBytes(CurHeader + "\n" + string.Concat(
                bill.Costs.Index().Where(c => bill.Cuts[c.Index] == n).Select(c => Charge(c.Index % 3 == 0 ? "USE1-NovaLite-input-tokens" : "USE1-NovaLite-output-tokens", "1", $"0.{c.Item:0000}"))))))
                .Where(f => File.ReadAllText(f).Trim().Contains('\n', StringComparison.Ordinal)).ToList();
            if (bill.together)
                folder.Import(files, new ImportOptions());
            else
                files.ForEach(f => folder.Import(f));
            return folder.Rows().Sum(r => r.Amounts.Billed) == bill.Costs.Sum() / 10_000m;
        }));
    }

    private static string Part(string cost) => Charge("USE1-NovaLite-input-tokens", "1", cost);

    private static string Whole(string from, string to, string cost) => Charge("USE1-NovaLite-input-tokens", "1", cost)
        .Replace("2026-11-20T10:59:59Z", to + "T00:00:00Z", StringComparison.Ordinal).Replace("2026-11-20T10:00:00Z", from + "T00:00:00Z", StringComparison.Ordinal);

    private string Bill(string name, string lines) => _folder.File(name, Encoding.UTF8.GetBytes(CurHeader + "\n" + lines));

    private decimal? Sum() => _folder.Rows().Sum(r => r.Amounts.Billed);
}
