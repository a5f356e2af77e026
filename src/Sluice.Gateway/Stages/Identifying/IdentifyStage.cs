using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Identifying;

/// <summary>Finds out who calls, and turns away who may not. Refused calls reach no upstream and no ledger.</summary>
/// <param name="mode">Null is the default rule: required, but optional where both ends of the connection are on loopback.</param>
public sealed partial class IdentifyStage(KeyRing keys, AuthMode? mode, TimeProvider time, ILogger<IdentifyStage> logger) : IStage
{
    private readonly CredentialCheck _check = new(keys, time);

    public string Name => "identify";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var request = invocation.Request;
        var (caller, refusal) = _check.Identify(request);
        if (caller is null)
            refusal ??= WhyNotAnonymous(invocation.Origin) ?? WhyForeign(request.Headers, invocation.Upstream);
        caller ??= Caller.Anonymous;
        refusal ??= WhyNotAllowed(caller, invocation);
        if (refusal is not null)
        {
            Log.Refused(logger, invocation.Id, refusal.ErrorType);
            var reply = refusal.ToReply(request.Operation);
            reply.Headers.Add(RecordStage.InvocationIdHeader, invocation.Id);
            return ValueTask.FromResult(reply);
        }
        invocation.Received?.Prove();
        invocation.Caller = caller;
        return next(invocation, cancellationToken);
    }

    /// <summary>What can be said of a caller before the body is here. A signature has to wait for it.</summary>
    /// <returns>Why the request is refused, or null; and whether a key is proved already.</returns>
    internal (Refusal? Refusal, bool IsProved) BeforeBody(RequestTarget target, HeaderList headers, CallerOrigin origin)
    {
        var (caller, refusal, isSigned) = _check.IdentifyByToken(target, headers);
        if (caller is null && refusal is null && !isSigned)
            refusal = WhyNotAnonymous(origin);
        return (refusal, caller is not null);
    }

    private Refusal? WhyNotAnonymous(CallerOrigin origin) => mode switch
    {
        AuthMode.Optional when origin.Objection is null => null,
        null when origin is { IsLocal: true, Objection: null } => null,
        AuthMode.Optional => Refusal.AccessDenied($"This request needs a Sluice key. {origin.Objection}"),
        null when origin.IsLocal => Refusal.AccessDenied($"This request needs a Sluice key, although it comes from this machine. {origin.Objection}"),
        _ => Refusal.MissingCredentials("This gateway needs a Sluice key: make one with 'sluice keys create --app NAME' and present it as AWS_BEARER_TOKEN_BEDROCK, as AWS access key id and secret, or as x-api-key."),
    };

    private static Refusal? WhyForeign(HeaderList headers, Upstream upstream) =>
        (upstream.ReplacesCaller || upstream.Options.Kind == UpstreamKind.Simulator) && ForeignCredential.IsPresented(headers)
            ? Refusal.UnknownCredentials("The bearer token or x-api-key is no Sluice key, and no upstream will see it. Present a Sluice key ('sluice keys create --app NAME'), or none; a client that insists on one may send 'unused'.")
            : null;

    /// <summary>An anonymous caller whose own credential reaches the upstream uses its own account there, and what that keeps.</summary>
    private static Refusal? WhyNotAllowed(Caller caller, Invocation invocation)
    {
        var request = invocation.Request;
        var isStateful = StoredState.IsAsked(request.Operation, request.Body.Span) && (caller.KeyId is not null || invocation.Upstream.ReplacesCaller);
        return caller.Permissions.Objection(request.Operation, request.Model, isStateful) is { } objection
            ? Refusal.AccessDenied($"{(caller.KeyId is { } id ? $"The key {id}" : "A caller without a key")} {objection}.")
            : null;
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "Invocation {InvocationId} is refused: {ErrorType}")]
        public static partial void Refused(ILogger logger, string invocationId, string errorType);
    }
}
