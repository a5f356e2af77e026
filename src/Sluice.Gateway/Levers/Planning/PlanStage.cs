using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Levers.Planning;

/// <summary>Says which levers an invocation meets: by the owner's settings, the caller's header and the draw of the control group.</summary>
/// <param name="settings">The owner's.</param>
/// <param name="repeats">Notices calls that are made again.</param>
/// <param name="logger">Hears of a plan that failed.</param>
/// <param name="quality">Which levers went to shadow because quality did not hold; null where nobody watches it.</param>
public sealed partial class PlanStage(LeverSettings settings, RepeatWatch repeats, ILogger<PlanStage> logger, QualityBook? quality = null) : IStage
{
    /// <summary><c>off</c>, or the names of the only levers that may act, with commas between.</summary>
    public const string LeversHeader = "x-sluice-levers";

    private const string AcceptEncoding = "Accept-Encoding";

    public string Name => "plan";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        if (!settings.IsOff)
            invocation.Levers = Plan(invocation);
        // A lever that reads or stores an answer has to understand it, and so has whoever else is given it.
        if (!ReferenceEquals(invocation.Levers, LeverPlan.None) && invocation.Request.Headers[AcceptEncoding] is not null)
            invocation.Request = invocation.Request with { Headers = invocation.Request.Headers.Without(AcceptEncoding) };
        return next(invocation, cancellationToken);
    }

    private LeverPlan Plan(Invocation invocation)
    {
        try
        {
            var named = Named(invocation.Request.Headers[LeversHeader]);
            var options = settings.For(invocation.Tags, invocation.Caller.KeyId, invocation.Request.Model?.Raw);
            options = quality?.Apply(options, invocation.Tags) ?? options;
            // What levers change, and what they tell apart, is the text of a request, which leaves as it came where it is compressed.
            // A caller who turns levers off has not been drawn at random, so the call must not count as control.
            if (options.IsOff || named is { Count: 0 } || IsSealed(invocation) || invocation.Request.Inflated is not null)
                return LeverPlan.None;
            var conversation = ConversationKey.Of(invocation);
            var (isControl, heldBack) = ControlGroup.Draw(conversation, settings);
            var knowsPlaces = options.Place.AnyRegion || options.ModeOf(Lever.Route) != LeverMode.Off;
            var (beginning, beginningTokens) = isControl || !knowsPlaces ? default : ConversationKey.BeginningOf(invocation);
            return new LeverPlan(options, isControl, conversation.ToString("x16", CultureInfo.InvariantCulture), heldBack, named, repeats.IsRepeat(RequestHash(invocation), invocation.StartedAt))
            {
                Beginning = beginning,
                BeginningTokens = beginningTokens,
            };
        }
        catch (Exception e)
        {
            Log.NotPlanned(logger, e, invocation.Id);
            return LeverPlan.None;
        }
    }

    private static ulong RequestHash(Invocation invocation)
    {
        var hash = ConversationKey.Hash(0, Encoding.UTF8.GetBytes(invocation.Caller.KeyId ?? ""));
        return ConversationKey.Hash(ConversationKey.Hash(hash, Encoding.UTF8.GetBytes(invocation.Request.Target.Text)), invocation.Request.Body.Span);
    }

    /// <summary>
    /// The caller has signed the request for the upstream itself. The signature covers every byte, so nothing may be changed;
    /// and only the upstream can check it, so no other answer may be given.
    /// </summary>
    private static bool IsSealed(Invocation invocation) =>
        !invocation.Caller.PresentedSluiceKey
        && invocation.Upstream.Options is { Authorization: UpstreamAuthorization.PassThrough or null, Kind: UpstreamKind.Url }
        && (invocation.Request.Headers["Authorization"]?.StartsWith("AWS4-", StringComparison.OrdinalIgnoreCase) == true
            || invocation.Request.Target.Query.Contains("X-Amz-Signature=", StringComparison.OrdinalIgnoreCase));

    private static HashSet<string>? Named(string? header) => header?.Trim() switch
    {
        null or "" => null,
        var off when off.Equals("off", StringComparison.OrdinalIgnoreCase) => new HashSet<string>(StringComparer.OrdinalIgnoreCase),
        var names => names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase),
    };

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Error, "No lever acts on invocation {InvocationId}: planning failed")]
        public static partial void NotPlanned(ILogger logger, Exception exception, string invocationId);
    }
}
