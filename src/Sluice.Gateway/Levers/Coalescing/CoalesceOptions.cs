namespace Sluice.Gateway.Levers.Coalescing;

/// <summary>Which calls in flight may share an attempt.</summary>
public sealed record CoalesceOptions
{
    /// <summary>
    /// Also calls that do not ask for temperature 0. Whoever asks the same several times at once may want several answers, so
    /// this is the owner's to say.
    /// </summary>
    public bool Sampled { get; init; }
}
