namespace Sluice.Core.Invocations;

/// <summary>Stored replies that outlive the process, as the hot path sees them: behind those in memory, and never in its way.</summary>
public interface IReplyArchive
{
    /// <summary>False where there is certainly no such reply. It is told from memory.</summary>
    /// <param name="key">The key of the reply's call, 256 bits of a cryptographic hash.</param>
    /// <param name="oldest">A reply that was stored before is none.</param>
    bool MayHold((UInt128 High, UInt128 Low) key, DateTimeOffset oldest);

    /// <summary>The reply as it was kept; null where there is none, or where the disk fails or takes too long. Never throws.</summary>
    ValueTask<byte[]?> ReadAsync((UInt128 High, UInt128 Low) key, DateTimeOffset oldest);

    /// <summary>Keeps a reply some time soon; where too many wait to be written it is forgotten. Never throws.</summary>
    void Keep((UInt128 High, UInt128 Low) key, DateTimeOffset storedAt, byte[] reply);
}
