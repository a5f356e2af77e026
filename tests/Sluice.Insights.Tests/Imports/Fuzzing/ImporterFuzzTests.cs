using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Fuzzing;

/// <summary>
/// Whatever a bill holds, it is imported or refused in words, and no change of what isn't money changes money unseen. SLUICE_FUZZ_SECONDS runs
/// each test for so long; by default it has a fixed number of rounds.
/// </summary>
public sealed class ImporterFuzzTests
{
    private const int Seed = 20_261_201;

    /// <summary>Far beyond what a bill of a few rows takes, on any machine.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentDictionary<string, Told> Wholes = new(StringComparer.Ordinal);

    [Fact]
    public Task ADamagedBillIsImportedOrRefusedInWords() => RepeatAsync(rounds: 16, async (sample, random) =>
    {
        var content = random.Next(2) == 0 || sample is { IsTable: false, IsJson: false } ? Damage.Bytes(sample.Content, random)
            : sample.IsTable ? Damage.Cells(sample.Text, random)
            : Damage.Values(sample.Text, random);
        await CheckAsync(sample, content, _ => null);
    });

    [Fact]
    public Task ATextThatIsNoMoneyChangesNoMoney() => RepeatAsync(rounds: 10, async (sample, random) =>
    {
        var content = sample.IsTable && !IsAllMoney(sample) ? Damage.FreeCell(sample.Text, random) : sample.IsJson ? Damage.FreeValue(sample.Text, random) : null;
        if (content is null)
            return;
        var whole = Whole(sample).Billed;
        await CheckAsync(sample, content, told => told.Billed == whole || told.IsExplained ? null : $"{told.Billed} instead of {whole}");
    });

    [Fact]
    public Task AnotherSpellingOfABillIsTheSameBill() => RepeatAsync(rounds: 10, async (sample, random) =>
    {
        var content = sample.IsTable && !IsAllMoney(sample) ? Damage.Respelled(sample.Text, random) : sample.IsJson ? Damage.RespelledJson(sample.Text, random) : null;
        if (content is null)
            return;
        var whole = Whole(sample);
        await CheckAsync(sample, content, told => told == whole ? null : $"{told} instead of {whole}", mayRefuse: false);
    });

    private static async Task RepeatAsync(int rounds, Func<BillSample, Random, Task> check)
    {
        var limit = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var began = TimeProvider.System.GetTimestamp();
        var samples = await BillSample.AllAsync();
        // Most of an import waits for the disk.
        for (var round = 0; limit is null ? round < rounds : TimeProvider.System.GetElapsedTime(began) < limit; round++)
        {
            var first = Seed + (round * samples.Length);
            await Parallel.ForEachAsync(samples.Index(), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (s, _) => await check(s.Item, new Random(first + s.Index)));
        }
    }

    /// <summary>Cost Explorer's download has nothing but days, names of services and their money, and its columns can't stand in another order.</summary>
    private static bool IsAllMoney(BillSample sample) => sample.Name == "cost-explorer.csv";

    private static Told Whole(BillSample sample) => Wholes.GetOrAdd(sample.Name, _ => Import(sample, sample.Content));

    private static async Task CheckAsync(BillSample sample, byte[] content, Func<Told, string?> isWrong, bool mayRefuse = true)
    {
        string? fault;
        try
        {
            fault = isWrong(await Task.Run(() => Import(sample, content)).WaitAsync(Hang));
        }
        catch (ImportException e) when (mayRefuse)
        {
            fault = e.Message.Length == 0 ? "no message" : null;
        }
        catch (Exception e)
        {
            fault = e.ToString();
        }
        if (fault is null)
            return;
        var kept = Path.Combine(Path.GetTempPath(), "sluice-fuzz-" + sample.Name);
        await File.WriteAllBytesAsync(kept, content);
        Assert.Fail($"{kept}: {fault}\n{Encoding.UTF8.GetString(content[..Math.Min(content.Length, 3_000)])}");
    }

    private static Told Import(BillSample sample, byte[] content)
    {
        using var folder = new StoreFolder();
        var result = folder.Import(folder.File(sample.Name, content));
        var rows = folder.Rows();
        return new Told(result.Source, Sum(rows, r => r.Amounts.Billed), Sum(rows, r => r.Amounts.Effective), Sum(rows, r => r.Amounts.List), Sum([.. rows, .. folder.Counted()], r => r.Amounts.Quantity), result.SetAside > 0);
    }

    private static decimal? Sum(List<CostRow> rows, Func<CostRow, decimal?> amount) => rows.Select(amount).Aggregate((decimal?)null, (sum, a) => a is null ? sum : (sum ?? 0) + a);

    /// <param name="IsExplained">Whether the import said that rows aren't in it.</param>
    private sealed record Told(BillSource Source, decimal? Billed, decimal? Effective, decimal? List, decimal? Quantity, bool IsExplained);
}
