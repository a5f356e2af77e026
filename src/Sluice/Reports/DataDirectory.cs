using Sluice.Core.Invocations;
using Sluice.Hosting;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Reports;

/// <summary>Opens what a data directory holds, and says in a command's words why it can't.</summary>
internal static class DataDirectory
{
    /// <exception cref="CouldNotRunException">There is no ledger, or it can't be read.</exception>
    public static async Task<LedgerReader> LedgerAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            return await LedgerReader.OpenAsync(directory, TimeProvider.System, cancellationToken);
        }
        catch (LedgerUnavailableException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    /// <summary>The cost store, which is begun if it is missing.</summary>
    /// <exception cref="CouldNotRunException">It can't be opened.</exception>
    public static CostStore Bills(string directory, TimeProvider time)
    {
        try
        {
            return CostStore.Open(directory, time);
        }
        catch (CostStoreException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    /// <summary>A cost store that must be there.</summary>
    /// <exception cref="CouldNotRunException">No bill has been imported, or the store can't be opened.</exception>
    public static CostStore ExistingBills(string directory, TimeProvider time) => CostStore.Exists(directory)
        ? Bills(directory, time)
        : throw new CouldNotRunException($"No bill has been imported into '{directory}'; import one with: sluice import FILE --data {directory}");
}
