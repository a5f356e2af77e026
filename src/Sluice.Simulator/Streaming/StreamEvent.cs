namespace Sluice.Simulator.Streaming;

/// <summary>One event of a streamed reply, whose JSON was just written.</summary>
/// <param name="Name">The union member or the SSE event's name; empty where the format has none.</param>
/// <param name="Tokens">Output tokens that are out with it, all told; the pace goes by this.</param>
internal readonly record struct StreamEvent(ReadOnlyMemory<byte> Name, int Tokens = 0)
{
    /// <summary>
    /// Whether the client knows the reply's whole usage with this event, although more follow. What would go wrong behind
    /// it no longer does: a reply that told its usage is billed.
    /// </summary>
    public bool TellsUsage { get; init; }
}
