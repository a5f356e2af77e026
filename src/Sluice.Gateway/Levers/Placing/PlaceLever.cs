using System.Text;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Levers.Placing;

/// <summary>
/// Sends a call where the same model costs less: by a global profile instead of a geography's or one region's, in a
/// cheaper tier, without optimised latency. Only where the price book has a lower price for exactly that.
/// </summary>
public sealed class PlaceLever(PriceBook prices, TimeProvider time) : IRewritingLever
{
    private const string TierHeader = "X-Amzn-Bedrock-Service-Tier";

    /// <summary>The models, as callers name them, whose other place AWS turned down.</summary>
    private readonly RefusalMemory _refused = new(time);

    public Lever Lever => Lever.Place;

    public Rewriting? Rewrite(Invocation invocation, out string whyNot)
    {
        whyNot = "an ARN, or a model named in the body, says where the call has to run";
        var request = invocation.Request;
        var options = invocation.Levers.Options.Place;
        // Only a model that stands in the path, by a plain id, can be moved: an ARN says where it has to run.
        if (request.Model is not { BaseModel: { } model, AccountId: null } asked || asked.Raw != asked.ResourceId || !request.Target.StartsWith("/model/", StringComparison.Ordinal))
            return null;
        var from = new PriceIdentity
        {
            Model = model,
            Region = invocation.Upstream.Region,
            Profile = asked.Profile,
            Tier = request.Facts.Tier,
            LatencyOptimized = request.Facts.LatencyOptimized,
        };
        var to = from;
        if (options.AnyRegion && from.Profile is not "global" && IsCommercial(from))
            to = Cheaper(asked, to, to with { Profile = "global" }, invocation.StartedAt);
        if (options.StandardLatency && from.LatencyOptimized && IsInvokeModel(request))
            to = Cheaper(asked, to, to with { LatencyOptimized = false }, invocation.StartedAt);
        if (options.Tier is { } tier && from.Tier == ServiceTier.Default && !to.LatencyOptimized && TakesTier(invocation))
            to = Cheaper(asked, to, to with { Tier = tier }, invocation.StartedAt);
        whyNot = options is { AnyRegion: false, Tier: null, StandardLatency: false }
            ? "the owner lets nothing move: place.any_region, place.tier and place.standard_latency are not set"
            : "no allowed place has a lower price in the price book, AWS refused it lately, or the caller has chosen the tier";
        if (to == from)
            return null;
        whyNot = "the body has no place for the tier";
        if (Rewritten(invocation, from, to) is not { } rewritten)
            return null;
        whyNot = "";
        return new Rewriting(rewritten, Why(from, to), shape => shape with { Identity = Back(shape.Identity, from) }, shape => shape with { Identity = Back(shape.Identity, to) });
    }

    public void Refused(Invocation invocation) => _refused.Add(invocation.Original.Model?.Raw ?? "");

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
            var rest = request.Target.IndexOf('/', "/model/".Length);
            request = request with { Model = ModelIdentifier.Parse(id), Target = $"/model/{Uri.EscapeDataString(id)}{request.Target[rest..]}" };
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
