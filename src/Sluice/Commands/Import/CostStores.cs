using Sluice.Insights.Store;

namespace Sluice.Commands.Import;

/// <summary>Opens the cost store for a command, and says in the command's words why it can't.</summary>
internal static class CostStores
{
    public static CostStore Open(string dataDirectory, TimeProvider time)
    {
        try
        {
            return CostStore.Open(dataDirectory, time);
        }
        catch (CostStoreException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    /// <summary>Opens a store that must be there.</summary>
    public static CostStore OpenExisting(string dataDirectory, TimeProvider time) => CostStore.Exists(dataDirectory)
        ? Open(dataDirectory, time)
        : throw new CouldNotRunException($"No bill has been imported into '{dataDirectory}'; import one with: sluice import FILE --data {dataDirectory}");
}
