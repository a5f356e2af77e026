using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Ledger;
using Sluice.Reports;
using Sluice.Testing;

namespace Sluice.Tests.Reports;

/// <summary>A ledger of random calls, and the same calls to compute answers from.</summary>
internal sealed class RandomLedger : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-reports-");
    private readonly ManualTime _time;

    private RandomLedger(DateTimeOffset now) => _time = new ManualTime(now);

    public List<InvocationRecord> Records { get; } = [];

    /// <param name="seed">Of the calls.</param>
    /// <param name="start">The first moment of the days that calls are in.</param>
    public static async Task<RandomLedger> CreateAsync(int seed, DateTimeOffset start, int days, int calls)
    {
        var made = new RandomLedger(start.AddDays(days));
        var random = new RandomInvocations(seed, start, days);
        var ledger = LiveLedger.Open(new LedgerOptions { DataDirectory = made._folder.FullName }, TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < calls; i++)
        {
            var intent = random.Intent();
            ledger.Open(intent);
            var record = random.Close(intent);
            ledger.Close(record);
            made.Records.Add(record);
        }
        await ledger.DisposeAsync();
        return made;
    }

    public async Task<JsonElement> AskAsync(string report, string zone, params (string Name, string Word)[] words)
    {
        using var sources = new ReportSources(_folder.FullName, _time);
        var asked = ReportCatalog.Find(report)!;
        var question = ReportQuestion.Read(
            asked,
            words.GroupBy(w => w.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(w => w.Word)], StringComparer.Ordinal),
            new ReportClock(_time.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone)));
        var table = await asked.AskAsync(question, sources, TestContext.Current.CancellationToken);
        return JsonDocument.Parse(ReportJson.Of(question, table)).RootElement;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
