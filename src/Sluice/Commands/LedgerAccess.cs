using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;

namespace Sluice.Commands;

/// <summary>Opens the ledger for a command, and says in the command's words why it can't.</summary>
internal static class LedgerAccess
{
    public static async Task<LedgerReader> OpenAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        try
        {
            return await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        }
        catch (LedgerUnavailableException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }
}
