using System.Runtime.InteropServices;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>
/// Which questions may meet at all: a SHA-512 over everything that decides an answer but the last question itself, as tenant,
/// model, system prompt, tools and parameters. Another key is another world; nothing is ever compared across.
/// </summary>
public readonly record struct PartitionKey
{
    public const int Length = 64;

    private readonly string _hash;

    public PartitionKey(string tenant, ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Length)
            throw new ArgumentException($"A partition's key has {Length} bytes, not {hash.Length}.", nameof(hash));
        (Tenant, _hash) = (tenant, new string(MemoryMarshal.Cast<byte, char>(hash)));
    }

    /// <summary>Whose labels count together; part of the key, so that equal hashes of two tenants stay apart.</summary>
    public string Tenant { get; }

    public byte[] ToArray() => MemoryMarshal.AsBytes(_hash.AsSpan()).ToArray();
}
