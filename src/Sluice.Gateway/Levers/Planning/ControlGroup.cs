namespace Sluice.Gateway.Levers.Planning;

/// <summary>
/// Draws the conversations that levers leave alone. The draw is by conversation, since a cache is worth what the next call
/// finds in it: calls of one conversation, and identical calls, are always on the same side.
/// </summary>
public static class ControlGroup
{
    /// <param name="conversation">What all calls of one conversation share.</param>
    /// <param name="settings">The shares, and a seed: another seed draws other groups.</param>
    /// <returns>Whether it is in the control group; if not, which one lever it is to do without.</returns>
    public static (bool IsControl, Lever? HeldBack) Draw(ulong conversation, LeverSettings settings)
    {
        var drawn = Uniform(conversation ^ Mixed(settings.ControlSeed)) - settings.ControlShare;
        if (drawn < 0)
            return (true, null);
        foreach (var lever in LeverNames.All)
        {
            drawn -= settings.HoldBackShare;
            if (drawn < 0)
                return (false, lever);
        }
        return (false, null);
    }

    /// <summary>From 0 to below 1, the same for the same value.</summary>
    internal static double Uniform(ulong value) => (Mixed(value) >> 11) * (1.0 / (1UL << 53));

    /// <summary>The finaliser of SplitMix64: every bit of the input moves every bit of the result.</summary>
    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15UL;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
