using Microsoft.Extensions.Logging;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Keys;

namespace Sluice.Gateway.Stages.Identifying;

/// <summary>Finds out who calls, and turns away who may not. Refused calls reach no upstream and no ledger.</summary>
/// <param name="mode">Null is the default rule: required, but optional where both ends of the connection are on loopback.</param>
public sealed partial class IdentifyStage(KeyRing keys, AuthMode? mode, TimeProvider time, ILogger<IdentifyStage> logger) : IStage
{
    private readonly CredentialCheck _check = new(keys, time);

    public string Name => "identify";

    public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
    {
        var (caller, refusal) = _check.Identify(invocation.Request);
        if (caller is null && refusal is null)
        {
            if (IsRequired(invocation))
                refusal = Refusal.MissingCredentials("This gateway needs a Sluice key: make one with 'sluice keys create --app NAME' and present it as AWS_BEARER_TOKEN_BEDROCK, as AWS access key id and secret, or as x-api-key.");
            else
                caller = Caller.Anonymous;
        }
        if (refusal is not null)
        {
            Log.Refused(logger, invocation.Id, refusal.ErrorType);
            return ValueTask.FromResult(refusal.ToReply(invocation.Request.Operation));
        }
        invocation.Caller = caller!;
        return next(invocation, cancellationToken);
    }

    private bool IsRequired(Invocation invocation) => (mode ?? (invocation.IsLocal ? AuthMode.Optional : AuthMode.Required)) == AuthMode.Required;

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "Invocation {InvocationId} is refused: {ErrorType}")]
        public static partial void Refused(ILogger logger, string invocationId, string errorType);
    }
}
