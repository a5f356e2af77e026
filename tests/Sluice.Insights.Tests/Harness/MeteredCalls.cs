using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Ledger;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Tests.Harness;

/// <summary>A ledger with calls of a test's own, in a folder that is gone when the test is over.</summary>
internal sealed class MeteredCalls : IDisposable
{
    public const string Sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    public const string Nova = "amazon.nova-lite-v1:0";

    public static readonly DateTimeOffset Start = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-metered-");

    /// <summary>A call whose kinds have their own costs; no cost at all stands for a call without a known price.</summary>
    public static InvocationRecord Call(string model, string task, Usage usage, params ReadOnlySpan<(UsageKind Kind, decimal Usd)> costs)
    {
        var record = new InvocationRecord
        {
            InvocationId = Guid.CreateVersion7().ToString(),
            StartedAt = Start,
            Operation = Operation.Converse,
            Outcome = Outcome.Completed,
            ServedModel = model,
            Region = "us-east-1",
            Usage = usage,
        };
        if (task.Length > 0)
            record = record with { Tags = record.Tags.Add("task", task) };
        foreach (var (kind, usd) in costs)
            record = record with { CostByKind = record.CostByKind.Add(kind, Money.FromUsd(usd)) };
        return costs.IsEmpty ? record : record with { Cost = Money.FromUsd(record.CostByKind.Values.Sum(m => m.Usd)) };
    }

    public async Task<LedgerReader> LedgerAsync(params IEnumerable<InvocationRecord> records)
    {
        var ledger = LiveLedger.Open(new LedgerOptions { DataDirectory = _folder.FullName }, TimeProvider.System, NullLogger.Instance);
        foreach (var record in records)
        {
            ledger.Open(record with { Outcome = Outcome.Interrupted, Usage = null, Cost = null, CostByKind = record.CostByKind.Clear() });
            ledger.Close(record);
        }
        await ledger.DisposeAsync();
        return await LedgerReader.OpenAsync(_folder.FullName, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
