namespace Sluice.Gateway.Levers.Recalling;

/// <summary>What may be answered from memory.</summary>
public sealed record RecallOptions
{
    /// <summary>A stored reply is served for this long.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Also calls that do not ask for temperature 0. Their callers expect another answer each time, so this is the owner's to say.
    /// </summary>
    public bool Sampled { get; init; }

    /// <summary>
    /// Replies are kept on the disk too, in about so many bytes, and survive a restart. Default 0: prompts and replies stay in
    /// memory unless their owner says otherwise.
    /// </summary>
    public long DiskBytes { get; init; }
}
