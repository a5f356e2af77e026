namespace Sluice.Core.Invocations;

/// <summary>
/// The ledger as the hot path sees it. For one invocation the last intent counts until it is closed, and then its final
/// record; one that was opened and never closed was interrupted.
/// </summary>
public interface ILedgerWriter
{
    /// <summary>
    /// Writes the intent, before the request leaves. Called again, with one more attempt, before each retry. When it
    /// returns, the intent outlives a crash of this process.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It could not be written; the owner's setting says what happens to the call.</exception>
    void Open(InvocationRecord intent);

    /// <summary>
    /// Writes the final record; of two for one invocation the first stands. Never throws: where it can't be written now it is kept, within a bound, and tried again,
    /// and the ledger's health says so.
    /// </summary>
    void Close(InvocationRecord record);
}

/// <summary>The ledger can't record. The message names the file, the cause and the fix.</summary>
public sealed class LedgerUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
