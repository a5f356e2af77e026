using System.Globalization;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Placing;

/// <summary>What a call's cache is looked up by: its conversation, and the tools and system prompt that it shares with others.</summary>
internal readonly record struct PlacedPrompt(string Model, ulong Conversation, ulong Beginning, long BeginningTokens, ulong SentBack)
{
    /// <param name="invocation">Once it has been planned.</param>
    /// <param name="model">The base model.</param>
    /// <param name="asked">The profile that the caller asks for.</param>
    public static PlacedPrompt Of(Invocation invocation, string model, string? asked)
    {
        var plan = invocation.Levers;
        var conversation = ulong.TryParse(plan.Conversation, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hash) ? hash : 0;
        // An AWS refusal is of a place, so it is kept apart from what is cached there.
        var sentBack = WarmPlaces.Key(WarmPlaces.PlaceOf(invocation, model, asked + "/refused elsewhere"), conversation);
        return new PlacedPrompt(model, conversation, plan.Beginning, plan.BeginningTokens, sentBack);
    }

    public Warmth WarmAt(WarmPlaces places, Invocation invocation, string? profile)
    {
        var place = WarmPlaces.PlaceOf(invocation, Model, profile);
        var own = Conversation == 0 ? default : places.Find(WarmPlaces.Key(place, Conversation), invocation.StartedAt);
        var shared = Beginning == 0 ? default : places.Find(WarmPlaces.Key(place, Beginning), invocation.StartedAt);
        return own.Tokens >= shared.Tokens ? own : shared with { OutputTokens = own.OutputTokens };
    }

    /// <summary>Notes where a call has run, and what is cached there now.</summary>
    public void Note(WarmPlaces places, Invocation invocation, CallShape final)
    {
        var usage = final.Usage;
        var cached = usage.CacheRead + usage.CacheWrite5m + usage.CacheWrite1h;
        if (cached == 0)
            return;
        var place = WarmPlaces.PlaceOf(invocation, Model, final.Identity.Profile);
        if (Conversation != 0)
            places.Note(WarmPlaces.Key(place, Conversation), cached, usage.CacheWrite1h > 0, usage.Output, invocation.StartedAt);
        if (Beginning != 0)
            places.Note(WarmPlaces.Key(place, Beginning), Math.Min(cached, BeginningTokens), usage.CacheWrite1h > 0, usage.Output, invocation.StartedAt);
    }
}
