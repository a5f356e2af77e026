using System.Text;
using Sluice.Bedrock.Signing;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Keys;

namespace Sluice.Gateway.Stages.Identifying;

/// <summary>
/// Verifies every Sluice key that a request presents, in any form and place. A credential that is not Sluice's is none of our
/// business: it proves nothing here and is neither verified nor refused.
/// </summary>
internal sealed class CredentialCheck(KeyRing keys, TimeProvider time)
{
    /// <summary>Where SDKs put keys. A text that begins as a Sluice token there was meant as one.</summary>
    private static readonly string[] KeyFields = ["Authorization", "x-api-key", "api-key", "x-goog-api-key"];

    private readonly SigV4Verifier _verifier = new();

    /// <summary>The caller that is proved, or why a Sluice credential is refused, or neither if none was presented.</summary>
    public (Caller? Caller, Refusal? Refusal) Identify(InvocationRequest request) =>
        Agree(FindAll(request.Target, request.Headers).Select(p => Check(p, request)));

    /// <summary>
    /// The same by what needs no body: signatures, which cover it, count as not presented. Whether a Sluice key has signed the
    /// request is told apart, since that can be verified only after the body has arrived.
    /// </summary>
    public (Caller? Caller, Refusal? Refusal, bool IsSigned) IdentifyByToken(RequestTarget target, HeaderList headers)
    {
        var signed = FindAll(target, headers).ToLookup(p => p.Found?.Form == CredentialForm.Signature);
        var (caller, refusal) = Agree(signed[false].Select(p => Check(p, request: null)));
        return (caller, refusal, signed[true].Any());
    }

    /// <summary>Every credential has to hold, and all of them have to name one key.</summary>
    private static (Caller?, Refusal?) Agree(IEnumerable<(Caller? Caller, Refusal? Refusal, bool IsForeign)> all)
    {
        Caller? proved = null;
        var hasForeign = false;
        foreach (var (caller, refusal, isForeign) in all)
        {
            if (refusal is not null)
                return (null, refusal);
            if (proved is not null && caller is not null && proved.KeyId != caller.KeyId)
                return (null, Refusal.UnknownCredentials($"The request presents two Sluice keys, {proved.KeyId} and {caller.KeyId}; send one."));
            proved ??= caller;
            hasForeign |= isForeign;
        }
        return (proved is null ? null : proved with { PresentedSluiceKey = !hasForeign }, null);
    }

    /// <summary>All credentials of a request: Sluice's wherever they stand, and others only where SDKs put keys.</summary>
    private static IEnumerable<Presented> FindAll(RequestTarget target, HeaderList headers)
    {
        foreach (var (name, value) in headers)
        {
            var found = CredentialText.Find(value);
            if (found.Count == 0 && KeyFields.Contains(name, StringComparer.OrdinalIgnoreCase))
                yield return new Presented(name, value, null);
            foreach (var credential in found)
                yield return new Presented(name, value, credential);
        }
        var query = target.Query.ToString();
        foreach (var credential in CredentialText.Find(query))
            yield return new Presented(null, query, credential);
    }

    private (Caller? Caller, Refusal? Refusal, bool IsForeign) Check(Presented presented, InvocationRequest? request)
    {
        if (presented.Found is not { } found)
            return KeyFormat.IsMeantAsToken(presented.Text) ? (null, Incomplete(presented.Header!), false) : (null, null, IsForeign: true);
        var (caller, refusal) = found.Form switch
        {
            CredentialForm.Token => FromToken(found),
            CredentialForm.ShortTermKey => FromShortTermKey(found),
            _ when presented.Header is null => FromQuery(request!, presented.Text),
            _ when presented.Header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) => FromSignature(request!, presented.Text),
            // Anywhere else a signature is only a text.
            _ => default,
        };
        return (caller, refusal, false);
    }

    private (Caller?, Refusal?) FromToken(FoundCredential token) =>
        keys.Find(token.KeyId) is { } key && keys.IsSecretOf(token.KeyId, token.Secret)
            ? Proved(key)
            : (null, Refusal.UnknownCredentials($"The token of key {token.KeyId} is wrong, or there is no such key here; copy it whole, or make another with 'sluice keys create'."));

    /// <summary>A short-term Bedrock API key, which AWS's token generators make from an access key: a presigned request in base64.</summary>
    private (Caller?, Refusal?) FromShortTermKey(FoundCredential credential)
    {
        var token = BearerToken.Parse(credential.Secret);
        return token.AccessKeyId != credential.KeyId
            ? (null, Refusal.InvalidSignature($"The short-term key of key {credential.KeyId} can't be read; generate it again, for the service 'bedrock'."))
            : Outcome(credential.KeyId, token.Verify(_verifier, keys.SecretOf(credential.KeyId), time.GetUtcNow()));
    }

    private (Caller?, Refusal?) FromSignature(InvocationRequest request, string header) =>
        SigV4Authorization.TryParse(header, out var authorization)
            ? Verify(request, authorization!)
            : (null, Refusal.InvalidSignature("The Authorization header can't be read: it must be 'AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...'."));

    private (Caller?, Refusal?) FromQuery(InvocationRequest request, string query) =>
        SigV4Authorization.TryParseQuery(query, out var presigned)
            ? Verify(request, presigned!)
            : (null, Refusal.InvalidSignature("The presigned query can't be read: it must hold X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date, X-Amz-Expires, X-Amz-SignedHeaders and X-Amz-Signature, each as AWS writes them."));

    private (Caller?, Refusal?) Verify(InvocationRequest request, SigV4Authorization authorization)
    {
        var keyId = authorization.AccessKeyId;
        // Other services sign by the same rules; a signature for one of them was not meant for Bedrock.
        if (authorization.Service is not ("bedrock" or "bedrock-mantle"))
            return (null, Refusal.InvalidSignature($"The signature of key {keyId} is for the service '{authorization.Service}'; sign for 'bedrock'."));
        var check = _verifier.Verify(
            new SigV4Request
            {
                Method = request.Method,
                RawPath = request.Target.Path,
                RawQuery = request.Target.Query,
                Headers = AsSigned(request.Headers),
                Body = request.Body.Span,
            },
            authorization, keys.SecretOf(keyId), time.GetUtcNow());
        return Outcome(keyId, check);
    }

    /// <summary>SDKs sign the UTF-8 of a value, whichever way its characters are on the wire.</summary>
    private static ReadOnlySpan<KeyValuePair<string, string>> AsSigned(HeaderList headers)
    {
        foreach (var (_, value) in headers)
        {
            if (!Ascii.IsValid(value))
                return headers.Select(f => KeyValuePair.Create(f.Key, HeaderBytes.Text(f.Value))).ToArray();
        }
        return headers.AsSpan();
    }

    private (Caller?, Refusal?) Outcome(string keyId, SignatureCheck check) => check switch
    {
        // A key that isn't there has a secret all the same, which no one was told.
        SignatureCheck.Valid when keys.Find(keyId) is { } key => Proved(key),
        SignatureCheck.Expired => (null, Refusal.ExpiredCredentials($"The signature of key {keyId} has expired; sign the request, or generate the short-term key, again.")),
        SignatureCheck.LivesTooLong => (null, Refusal.InvalidSignature($"The short-term key of key {keyId} holds for more than {BearerToken.MaxLifetime.TotalHours:0} hours, the most that Bedrock takes; generate it for less.")),
        SignatureCheck.ClockSkew => (null, Refusal.InvalidSignature($"The request of key {keyId} was signed at a time too far from this gateway's ({time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}); set the caller's clock.")),
        SignatureCheck.MissingSignedHeader => (null, Refusal.InvalidSignature($"The signature of key {keyId} must cover host and x-amz-date, and every header that it names must be sent.")),
        SignatureCheck.PayloadMismatch => (null, Refusal.InvalidSignature($"The body does not have the hash in x-amz-content-sha256 that key {keyId} signed; it was changed on the way, or left unsigned.")),
        SignatureCheck.Malformed => (null, Refusal.InvalidSignature($"The signature of key {keyId} can't be read: x-amz-date must be a time such as 20261121T120000Z, of the day that the credential names.")),
        _ => (null, Refusal.InvalidSignature($"The signature does not match the secret of key {keyId}, or there is no such key here; check the secret, and that nothing on the way changes path, query or signed headers.")),
    };

    /// <summary>Only who holds the secret learns that a key was revoked: to anyone else it is as unknown as any.</summary>
    private static (Caller?, Refusal?) Proved(SluiceKey key) => key.RevokedAt is { } revoked
        ? (null, Refusal.UnknownCredentials($"The key {key.KeyId} was revoked at {revoked:yyyy-MM-ddTHH:mm:ssZ}; use another, or make one with 'sluice keys create'."))
        : (new Caller(key.KeyId, key.Tags, PresentedSluiceKey: true) { Permissions = key.Permissions }, null);

    private static Refusal Incomplete(string header) =>
        Refusal.UnknownCredentials($"The token in '{header}' is not whole: it must be 'sluice.', the key id and the secret, with a dot between; copy it as 'sluice keys create' printed it.");

    /// <summary>A credential and where it stands.</summary>
    /// <param name="Header">Null for the query.</param>
    /// <param name="Text">The whole value, or the whole query.</param>
    /// <param name="Found">Null for one that is not Sluice's.</param>
    private readonly record struct Presented(string? Header, string Text, FoundCredential? Found);
}
