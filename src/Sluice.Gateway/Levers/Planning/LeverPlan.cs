namespace Sluice.Gateway.Levers.Planning;

/// <summary>Which levers one invocation meets.</summary>
/// <param name="Options">The owner's settings for this call.</param>
/// <param name="IsControl">It is in the control group: no lever touches it.</param>
/// <param name="Conversation">A hash that the calls of one conversation share; null where no lever looked at the call.</param>
/// <param name="HeldBack">The one lever that the draw keeps from this conversation; null for none.</param>
/// <param name="Named">The only levers that the caller lets act, or null for all.</param>
/// <param name="IsRepeat">The caller sent the very same request a moment before.</param>
public sealed record LeverPlan(LeverOptions Options, bool IsControl, string? Conversation, Lever? HeldBack, IReadOnlySet<string>? Named, bool IsRepeat = false)
{
    public static LeverPlan None { get; } = new(new LeverOptions(), IsControl: false, Conversation: null, HeldBack: null, Named: null);

    /// <summary>The draw keeps a lever, which is not off, from the call.</summary>
    public bool IsHeldBack(Lever lever) => (IsControl || HeldBack == lever) && Options.ModeOf(lever) != LeverMode.Off;

    /// <summary>A hash of the tools and the system prompt, which conversations may share; 0 for none, and where calls stay in their region and at their model.</summary>
    public ulong Beginning { get; init; }

    /// <summary>Estimated tokens of what <see cref="Beginning"/> is of.</summary>
    public long BeginningTokens { get; init; }

    public LeverMode ModeOf(Lever lever) =>
        IsControl || HeldBack == lever || (Named is not null && !Named.Contains(lever.Name())) ? LeverMode.Off : Options.ModeOf(lever);
}
