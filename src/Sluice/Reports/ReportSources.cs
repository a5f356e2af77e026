using Sluice.Configuration;
using Sluice.Hosting;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Reports;

/// <summary>Where answers come from, each opened when it is first asked for and closed with this.</summary>
/// <param name="time">The clock of the question.</param>
internal sealed class ReportSources(string dataDirectory, TimeProvider time) : IDisposable
{
    private LedgerReader? _ledger;
    private CostStore? _bills;

    public string DataDirectory => dataDirectory;

    public TimeProvider Time => time;

    /// <summary>The configuration; that of a command is all defaults if it names no file.</summary>
    public SluiceOptions Options { get; init; } = new();

    /// <summary>Null for a command, which runs beside the gateway.</summary>
    public LiveState? Live { get; init; }

    public bool HasLedger => LedgerReader.Exists(dataDirectory);

    public bool HasBills => CostStore.Exists(dataDirectory);

    /// <exception cref="CouldNotRunException">There is no ledger, or it can't be read.</exception>
    public async ValueTask<LedgerReader> LedgerAsync(CancellationToken cancellationToken) =>
        _ledger ??= await Reports.DataDirectory.LedgerAsync(dataDirectory, cancellationToken);

    /// <exception cref="CouldNotRunException">No bill has been imported.</exception>
    public CostStore Bills() => _bills ??= Reports.DataDirectory.ExistingBills(dataDirectory, time);

    public void Dispose()
    {
        _ledger?.Dispose();
        _bills?.Dispose();
    }
}
