using Sluice.Bedrock.Signing;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Keys;

namespace Sluice.Gateway.Stages.Identifying;

/// <summary>
/// Verifies a Sluice key in any of the forms in which SDKs present credentials. A credential that is not Sluice's is none of
/// our business: it proves nothing here and is neither verified nor refused.
/// </summary>
internal sealed class CredentialCheck(KeyRing keys, TimeProvider time)
{
    private const string Bearer = "Bearer ";

    private readonly SigV4Verifier _verifier = new();

    /// <summary>The caller that is proved, or why a Sluice credential is refused, or neither where none was presented.</summary>
    public (Caller? Caller, Refusal? Refusal) Identify(InvocationRequest request)
    {
        var authorization = request.Headers["Authorization"];
        if (authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return FromToken(authorization[Bearer.Length..].Trim());
        if (authorization is not null)
            return FromSignature(request, authorization);
        if (request.Headers["x-api-key"] is { } apiKey)
            return FromToken(apiKey.Trim());
        return QueryOf(request.Target) is { Length: > 0 } query && SigV4Authorization.TryParseQuery(query, out var presigned)
            ? Verify(request, presigned!)
            : default;
    }

    private (Caller?, Refusal?) FromToken(string token)
    {
        if (KeyFormat.TryReadToken(token, out var keyId, out var secret))
        {
            var (key, refusal) = Find(keyId);
            if (key is null)
                return (null, refusal);
            return keys.IsSecretOf(keyId, secret)
                ? (CallerOf(key), null)
                : (null, Refusal.UnknownCredentials($"The token of key {keyId} is wrong; copy it whole, or create another key with 'sluice keys create'."));
        }
        return BearerToken.Parse(token) is { AccessKeyId: { } id } parsed && KeyFormat.IsKeyId(id)
            ? FromShortTermKey(parsed, id)
            : default;
    }

    /// <summary>A short-term Bedrock API key, which AWS's token generators make from an access key: a presigned request in base64.</summary>
    private (Caller?, Refusal?) FromShortTermKey(BearerToken token, string keyId)
    {
        var (key, refusal) = Find(keyId);
        if (key is null)
            return (null, refusal);
        return Outcome(key, token.Verify(_verifier, keys.SecretOf(keyId), time.GetUtcNow()));
    }

    private (Caller?, Refusal?) FromSignature(InvocationRequest request, string header)
    {
        if (SigV4Authorization.TryParse(header, out var authorization))
            return Verify(request, authorization!);
        return header.Contains(KeyFormat.KeyIdPrefix, StringComparison.Ordinal) && header.StartsWith("AWS4-", StringComparison.Ordinal)
            ? (null, Refusal.InvalidSignature("The Authorization header can't be read: it must be 'AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...'."))
            : default;
    }

    private (Caller?, Refusal?) Verify(InvocationRequest request, SigV4Authorization authorization)
    {
        if (!KeyFormat.IsKeyId(authorization.AccessKeyId))
            return default;
        var (key, refusal) = Find(authorization.AccessKeyId);
        if (key is null)
            return (null, refusal);
        var target = request.Target.AsSpan();
        var query = target.IndexOf('?');
        var check = _verifier.Verify(
            new SigV4Request
            {
                Method = request.Method,
                RawPath = query < 0 ? target : target[..query],
                RawQuery = query < 0 ? default : target[(query + 1)..],
                Headers = request.Headers.AsSpan(),
                Body = request.Body.Span,
            },
            authorization, keys.SecretOf(key.KeyId), time.GetUtcNow());
        return Outcome(key, check);
    }

    private (Caller?, Refusal?) Outcome(SluiceKey key, SignatureCheck check) => check switch
    {
        SignatureCheck.Valid => (CallerOf(key), null),
        SignatureCheck.Expired => (null, Refusal.ExpiredCredentials($"The signature of key {key.KeyId} has expired; sign the request, or generate the short-term key, again.")),
        SignatureCheck.ClockSkew => (null, Refusal.InvalidSignature($"The request of key {key.KeyId} was signed at a time too far from this gateway's ({time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}); set the caller's clock.")),
        SignatureCheck.MissingSignedHeader => (null, Refusal.InvalidSignature($"The signature of key {key.KeyId} must cover host and x-amz-date, and every header that it names must be sent.")),
        SignatureCheck.PayloadMismatch => (null, Refusal.InvalidSignature($"The body does not have the hash in x-amz-content-sha256 that key {key.KeyId} signed; it was changed on the way, or left unsigned.")),
        SignatureCheck.Malformed => (null, Refusal.InvalidSignature($"The signature of key {key.KeyId} can't be read: x-amz-date must be a time such as 20261121T120000Z, of the day that the credential names.")),
        _ => (null, Refusal.InvalidSignature($"The signature does not match the secret of key {key.KeyId}; check the secret, and that nothing on the way changes path, query or signed headers.")),
    };

    private (SluiceKey? Key, Refusal? Refusal) Find(string keyId)
    {
        var key = keys.Find(keyId);
        if (key is null)
            return (null, Refusal.UnknownCredentials($"There is no key {keyId} here; 'sluice keys list' shows those there are, and 'sluice keys create' makes one."));
        return key.RevokedAt is { } revoked
            ? (null, Refusal.UnknownCredentials($"The key {keyId} was revoked at {revoked:yyyy-MM-ddTHH:mm:ssZ}; use another, or make one with 'sluice keys create'."))
            : (key, null);
    }

    private static Caller CallerOf(SluiceKey key) => new(key.KeyId, key.Tags, PresentedSluiceKey: true);

    private static ReadOnlySpan<char> QueryOf(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? default : target.AsSpan(query + 1);
    }
}
