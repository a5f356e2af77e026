using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Bedrock.Signing;

namespace Sluice.Simulator.Serving;

/// <summary>
/// Finds out who calls. Without configured credentials everyone may, and only the region is taken from what is presented;
/// with them, a signature or a token has to prove one.
/// </summary>
internal sealed class Authentication(SimulatorOptions options, TimeProvider time)
{
    private readonly FrozenDictionary<string, SimulatedCredential> _credentials =
        options.Credentials.ToFrozenDictionary(credential => credential.AccessKeyId, StringComparer.Ordinal);

    private readonly SigV4Verifier _verifier = new();

    private bool IsRequired => options.Credentials.Length > 0 || options.BearerTokens.Length > 0;

    /// <summary>Who claims to call, before anything is proven: enough for the region and the log.</summary>
    public Caller Claimed(HttpRequest request, string? regionOfModel)
    {
        string? header = request.Headers.Authorization;
        string? region = null;
        if (SigV4Authorization.TryParse(header, out var signature))
            region = signature!.Region;
        else if (BearerToken.TryParseHeader(header, out var token))
            region = token!.Region;
        region ??= RegionOfHost(request.Host.Host) ?? regionOfModel ?? options.Region;
        return new Caller(options.AccountId, $"arn:aws:iam::{options.AccountId}:user/simulator", region);
    }

    /// <summary>Who calls.</summary>
    /// <exception cref="Refusal">Proof is required and fails.</exception>
    public Caller Verify(HttpRequest request, string rawTarget, ReadOnlySpan<byte> body, Caller claimed)
    {
        if (!IsRequired)
            return claimed;
        string? header = request.Headers.Authorization;
        if (SigV4Authorization.TryParse(header, out var signature))
            return VerifySignature(request, rawTarget, body, signature!, claimed);
        if (BearerToken.TryParseHeader(header, out var token))
            return VerifyToken(token!, claimed);
        if (request.Headers.TryGetValue("x-api-key", out var key) && key.ToString() is { Length: > 0 } value)
            return VerifyToken(BearerToken.Parse(value), claimed);
        throw new Refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
    }

    private Caller VerifySignature(HttpRequest request, string rawTarget, ReadOnlySpan<byte> body, SigV4Authorization signature, Caller claimed)
    {
        if (!_credentials.TryGetValue(signature.AccessKeyId, out var credential))
            throw new Refusal("UnrecognizedClientException", "The security token included in the request is invalid.");
        if (signature.Service is not ("bedrock" or "bedrock-mantle"))
            throw new Refusal("InvalidSignatureException", $"Credential should be scoped to correct service: 'bedrock'. ");
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
                headers.Add(new(name, value ?? ""));
        }
        var question = rawTarget.IndexOf('?');
        var signed = new SigV4Request
        {
            Method = request.Method,
            RawPath = question < 0 ? rawTarget : rawTarget.AsSpan(0, question),
            RawQuery = question < 0 ? default : rawTarget.AsSpan(question + 1),
            Headers = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(headers),
            Body = body,
        };
        switch (_verifier.Verify(signed, signature, credential.SecretAccessKey, time.GetUtcNow()))
        {
            case SignatureCheck.Valid:
                return CallerOf(credential, claimed.Region);
            case SignatureCheck.ClockSkew or SignatureCheck.Expired:
                throw new Refusal("InvalidSignatureException", $"Signature expired: {request.Headers["x-amz-date"]} is now earlier or later than {time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'} allows (5 min.)");
            case SignatureCheck.MissingSignedHeader:
                throw new Refusal("InvalidSignatureException", "'Host' or 'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.");
            default:
                throw new Refusal("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
        }
    }

    private Caller VerifyToken(BearerToken token, Caller claimed)
    {
        if (token.AccessKeyId is { } id && _credentials.TryGetValue(id, out var credential)
            && token.Verify(_verifier, credential.SecretAccessKey, time.GetUtcNow()) == SignatureCheck.Valid)
        {
            return CallerOf(credential, claimed.Region);
        }
        foreach (var known in options.BearerTokens)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(known), Encoding.UTF8.GetBytes(token.Value)))
                return claimed;
        }
        throw new Refusal("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
    }

    private Caller CallerOf(SimulatedCredential credential, string region)
    {
        var account = credential.AccountId ?? options.AccountId;
        return new Caller(account, credential.PrincipalArn ?? $"arn:aws:iam::{account}:user/{credential.AccessKeyId}", region);
    }

    /// <summary>The region in <c>bedrock-runtime.eu-west-1.amazonaws.com</c> and its kin, or null.</summary>
    private static string? RegionOfHost(string host)
    {
        if (!host.StartsWith("bedrock", StringComparison.Ordinal))
            return null;
        var parts = host.Split('.');
        return parts.Length >= 4 && parts[0] is "bedrock" or "bedrock-runtime" or "bedrock-runtime-fips" or "bedrock-mantle" ? parts[1] : null;
    }
}
