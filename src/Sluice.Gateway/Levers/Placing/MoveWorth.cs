using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Levers.Placing;

/// <summary>
/// Holds what a call gains by moving against what the cache that it leaves behind is worth to it: the tokens that are warm
/// here are read here, and written or sent anew there.
/// </summary>
/// <param name="WarmHere">Tokens that this call would read from the cache where the caller wants it to run.</param>
/// <param name="WarmThere">Tokens that it would read at the other place.</param>
/// <param name="InputTokens">All of the call's input, estimated.</param>
/// <param name="OutputTokens">As many as the last reply of the conversation had; 0 where there was none, which favours staying.</param>
/// <param name="HasPoints">The request carries cache points, so that what is not warm is written.</param>
internal readonly record struct MoveWorth(long WarmHere, long WarmThere, long InputTokens, long OutputTokens, bool HasPoints)
{
    /// <summary>What moving saves on this call; negative where it costs. Null where a price that decides is not known.</summary>
    public Money? Gain(PriceSheet here, PriceSheet there)
    {
        var warmHere = Math.Min(WarmHere, InputTokens);
        var warmThere = Math.Min(WarmThere, InputTokens);
        var lost = Math.Max(0, warmHere - warmThere);
        var stays = Sum(here, new Usage { Input = InputTokens - warmHere, CacheRead = warmHere, Output = OutputTokens });
        var moves = Sum(there, new Usage
        {
            Input = InputTokens - warmThere - (HasPoints ? lost : 0),
            CacheRead = warmThere,
            CacheWrite5m = HasPoints ? lost : 0,
            Output = OutputTokens,
        });
        return stays - moves;
    }

    private static Money? Sum(PriceSheet sheet, Usage usage) => sheet.Price(usage, usage.ContextTokens).Total;
}
