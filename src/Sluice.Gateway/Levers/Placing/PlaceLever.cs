using System.Globalization;
using System.Text;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Placing;

/// <summary>
/// Sends a call where the same model costs less: by a global profile instead of a geography's or one region's, in a
/// cheaper tier, without optimised latency. Only where the price book has a lower price for exactly that, and a conversation
/// only where the move gains more than the warm cache that it leaves behind is worth.
/// </summary>
/// <param name="prices">The prices.</param>
/// <param name="time">For how long a refusal is remembered.</param>
/// <param name="places">What is known of warm caches; it outlives a reload of the settings.</param>
public sealed class PlaceLever(PriceBook prices, TimeProvider time, WarmPlaces? places = null) : IRewritingLever
{
    private const string TierHeader = "X-Amzn-Bedrock-Service-Tier";

    private const string SentBack = "stays where it ran after AWS refused another place";

    /// <summary>The models, as callers name them, whose other place AWS turned down.</summary>
    private readonly RefusalMemory _refused = new(time);

    private readonly WarmPlaces _places = places ?? new WarmPlaces();

    public Lever Lever => Lever.Place;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        whyNot = "an ARN, or a model named in the body, says where the call has to run";
        var request = invocation.Request;
        var options = invocation.Levers.Options.Place;
        if (request.Model is not { BaseModel: { } model, AccountId: null } asked || !IsNamedInPath(request, asked))
            return null;
        var from = IdentityOf(invocation, asked, model);
        var to = from;
        string? stays = null;
        if (MayGoGlobal(options, from))
        {
            var prompt = PlacedPrompt.Of(invocation, model, from.Profile);
            if (Cheaper(asked, to, to with { Profile = "global" }, invocation.StartedAt) is var global && global != to)
            {
                stays = WhyStay(invocation, prompt, from, global, invocation.Request.Facts.CacheLifetimes != CacheLifetimes.None);
                to = stays is null ? global : to;
            }
            invocation.Effects.WhenSettled(settlement => Learn(invocation, settlement, prompt));
        }
        if (stays is SentBack)
            return Stay(invocation, stays, out whyNot);
        if (options.StandardLatency && from.LatencyOptimized && IsInvokeModel(request))
            to = Cheaper(asked, to, to with { LatencyOptimized = false }, invocation.StartedAt);
        if (options.Tier is { } tier && from.Tier == ServiceTier.Default && !to.LatencyOptimized && TakesTier(invocation))
            to = Cheaper(asked, to, to with { Tier = tier }, invocation.StartedAt);
        if (stays is not null && to == from)
            return Stay(invocation, stays, out whyNot);
        whyNot = options is { AnyRegion: false, Tier: null, StandardLatency: false }
            ? "the owner lets nothing move: place.any_region, place.tier and place.standard_latency are not set"
            : "no allowed place has a lower price in the price book, AWS refused it lately, or the caller has chosen the tier";
        if (to == from)
            return null;
        whyNot = "the body has no place for the tier";
        if (Rewritten(invocation, from, to) is not { } rewritten)
            return null;
        whyNot = "";
        return new Rewriting(rewritten, stays is null ? Why(from, to) : $"{Why(from, to)}; {stays}", shape => shape with { Identity = Back(shape.Identity, from) }, shape => shape with { Identity = Back(shape.Identity, to) });
    }

    /// <summary>The profile that the call will run at, as far as is known before it has got its cache points.</summary>
    internal string? ProfileOf(Invocation invocation)
    {
        if (invocation.Request.Model is not { } asked)
            return null;
        if (invocation.Levers.ModeOf(Lever.Place) != LeverMode.On || asked is not { BaseModel: { } model, AccountId: null } || !IsNamedInPath(invocation.Request, asked))
            return asked.Profile;
        var here = IdentityOf(invocation, asked, model);
        if (!MayGoGlobal(invocation.Levers.Options.Place, here))
            return asked.Profile;
        var global = Cheaper(asked, here, here with { Profile = "global" }, invocation.StartedAt);
        return global != here && WhyStay(invocation, PlacedPrompt.Of(invocation, model, here.Profile), here, global, hasPoints: true) is null ? global.Profile : asked.Profile;
    }

    public void Refused(Invocation invocation, InvocationRequest refused)
    {
        _refused.Add(invocation.Original.Model?.Raw ?? "");
        if (invocation.Original.Model is { BaseModel: { } model } asked)
            _places.Settle(PlacedPrompt.Of(invocation, model, asked.Profile).SentBack, invocation.StartedAt);
    }

    /// <summary>Only a model that stands in the path, by a plain id, can be moved: an ARN says where it has to run.</summary>
    private static bool IsNamedInPath(InvocationRequest request, ModelIdentifier asked) =>
        asked.Raw == asked.ResourceId && request.Target.Text.StartsWith("/model/", StringComparison.Ordinal);

    private static PriceIdentity IdentityOf(Invocation invocation, ModelIdentifier asked, string model) => new()
    {
        Model = model,
        Region = invocation.Upstream.Region,
        Profile = asked.Profile,
        Tier = invocation.Request.Facts.Tier,
        LatencyOptimized = invocation.Request.Facts.LatencyOptimized,
    };

    private static bool MayGoGlobal(PlaceOptions options, PriceIdentity from) => options.AnyRegion && from.Profile is not "global" && IsCommercial(from);

    /// <summary>Null where it is to move.</summary>
    private string? WhyStay(Invocation invocation, PlacedPrompt prompt, PriceIdentity from, PriceIdentity to, bool hasPoints)
    {
        var at = invocation.StartedAt;
        if (_places.Find(prompt.SentBack, at).Until > at)
            return SentBack;
        var here = prompt.WarmAt(_places, invocation, from.Profile);
        if (here.Tokens == 0)
            return null;
        var there = prompt.WarmAt(_places, invocation, to.Profile);
        var facts = invocation.Request.Facts;
        var worth = new MoveWorth(here.Tokens, there.Tokens, facts.EstimatedInputTokens, Math.Max(here.OutputTokens, there.OutputTokens), hasPoints);
        return worth.Gain(prices.Sheet(from, at), prices.Sheet(to, at)) is { } gain && gain <= Money.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"stays at {from.Profile ?? "one region"}: about {here.Tokens} tokens are warm there, worth more than the move saves")
            : null;
    }

    /// <summary>What was decided stands in the ledger, though nothing changes and nothing is saved.</summary>
    private static Rewriting? Stay(Invocation invocation, string why, out string whyNot)
    {
        whyNot = why;
        if (invocation.Levers.ModeOf(Lever.Place) == LeverMode.On)
            invocation.Effects.Add(new LeverEffect(Lever.Place.Name(), why, IsShadow: false, shape => shape));
        return null;
    }

    private void Learn(Invocation invocation, Settlement settlement, PlacedPrompt prompt)
    {
        if (settlement is { Record.Error: null, Record.Outcome: Outcome.Completed or Outcome.ClientAborted, Final: { IsEstimated: false } final })
            prompt.Note(_places, invocation, final);
        // It stays for as long as it goes on, and an hour more.
        if (_places.Find(prompt.SentBack, invocation.StartedAt).Until > invocation.StartedAt)
            _places.Settle(prompt.SentBack, invocation.StartedAt);
    }

    private static bool IsInvokeModel(InvocationRequest request) => request.Operation is Operation.InvokeModel or Operation.InvokeModelWithResponseStream;

    /// <summary>The caller says nothing of the tier, not even that it be the default one, and there is a place to say it.</summary>
    private static bool TakesTier(Invocation invocation) => IsInvokeModel(invocation.Request)
        ? invocation.Request.Headers[TierHeader] is null
        : invocation.Outline.IsComplete && invocation.Request.Facts.Dialect == Dialect.Converse && invocation.Request.Body.Span.IndexOf("\"serviceTier\""u8) < 0;

    private PriceIdentity Cheaper(ModelIdentifier asked, PriceIdentity from, PriceIdentity to, DateTimeOffset at)
    {
        if (_refused.Has(asked.Raw))
            return from;
        var (now, then) = (Input(from, at), Input(to, at));
        return now is { } dear && then is { } cheap && cheap < dear ? to : from;
    }

    /// <summary>AWS's other partitions (GovCloud, China, the isolated ones) have no global profile, whatever the price book's rows for every region say.</summary>
    private static bool IsCommercial(PriceIdentity identity) =>
        identity.Profile is not "us-gov"
        && !identity.Region.StartsWith("us-gov-", StringComparison.Ordinal)
        && !identity.Region.StartsWith("cn-", StringComparison.Ordinal)
        && !identity.Region.Contains("-iso", StringComparison.Ordinal);

    private decimal? Input(PriceIdentity identity, DateTimeOffset at) => prices.Find(identity, UsageKind.Input, 0, at)?.Usd;

    private static PriceIdentity Back(PriceIdentity identity, PriceIdentity place) =>
        identity with { Profile = place.Profile, Tier = place.Tier, LatencyOptimized = place.LatencyOptimized };

    private static InvocationRequest? Rewritten(Invocation invocation, PriceIdentity from, PriceIdentity to)
    {
        var request = invocation.Request;
        if (to.Profile != from.Profile)
        {
            var id = $"{to.Profile}.{to.Model}";
            var rest = request.Target.Path.LastIndexOf('/');
            request = request with { Model = ModelIdentifier.Parse(id), Target = RequestTarget.Of($"/model/{Uri.EscapeDataString(id)}{request.Target.Text[rest..]}") };
        }
        if (to.Tier == from.Tier && to.LatencyOptimized == from.LatencyOptimized)
            return request;
        request = request with { Facts = request.Facts with { Tier = to.Tier, LatencyOptimized = to.LatencyOptimized } };
        return IsInvokeModel(request)
            ? request with { Headers = WithHeaders(request.Headers, from, to) }
            : WithBody(invocation, request, to);
    }

    private static HeaderList WithHeaders(HeaderList headers, PriceIdentity from, PriceIdentity to)
    {
        var changed = new HeaderList(headers.Count + 1);
        foreach (var (name, value) in headers)
            changed.Add(name, value);
        if (to.Tier != from.Tier)
            changed.Set(TierHeader, to.Tier.Name());
        if (to.LatencyOptimized != from.LatencyOptimized)
            changed.Remove("X-Amzn-Bedrock-PerformanceConfig-Latency");
        return changed;
    }

    private static InvocationRequest? WithBody(Invocation invocation, InvocationRequest request, PriceIdentity to)
    {
        using var edits = new BodyEdits();
        edits.AddMember(invocation.Outline.Root, "serviceTier"u8, Encoding.UTF8.GetBytes($$"""{"type":"{{to.Tier.Name()}}"}"""));
        return edits.TryApply(request.Body.Span, out var body) ? request with { Body = invocation.Own(body).Bytes } : null;
    }

    private static string Why(PriceIdentity from, PriceIdentity to)
    {
        var moves = new List<string>();
        if (to.Profile != from.Profile)
            moves.Add($"{from.Profile ?? "one region"} to global");
        if (to.LatencyOptimized != from.LatencyOptimized)
            moves.Add("standard latency");
        if (to.Tier != from.Tier)
            moves.Add($"{to.Tier.Name()} tier");
        return string.Join(", ", moves);
    }
}
