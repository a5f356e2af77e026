using System.Text;

namespace Sluice.Bedrock.Signing;

public sealed class SigV4VerifierTests
{
    [Theory]
    [MemberData(nameof(SignatureVector.Names), MemberType = typeof(SignatureVector))]
    public void AcceptsThePublishedSignatureInTheHeader(string name)
    {
        var vector = SignatureVector.Load(name);
        var signed = WireRequest.Parse(vector.Read("header-signed-request.txt"));
        Assert.True(SigV4Authorization.TryParse(signed.Header("Authorization"), out var authorization));

        Assert.Equal(vector.Read("header-canonical-request.txt"), Canonical(signed, signed.Query, authorization!, vector));
        Assert.Equal(vector.Read("header-string-to-sign.txt"), ToSign(vector.Read("header-canonical-request.txt"), vector));
        Assert.Equal(SignatureCheck.Valid, Verifier(vector).Verify(signed.ToSign(), authorization!, vector.Credentials.SecretAccessKey, vector.At));
    }

    [Theory]
    [MemberData(nameof(SignatureVector.Names), MemberType = typeof(SignatureVector))]
    public void AcceptsThePublishedSignatureInTheQuery(string name)
    {
        var vector = SignatureVector.Load(name);
        var signed = WireRequest.Parse(vector.Read("query-signed-request.txt"));
        Assert.True(SigV4Authorization.TryParseQuery(signed.Query, out var authorization));

        if (vector.Options.LeaveSessionTokenUnsigned)
        {
            // The token was added to the query after signing, which no caller of Bedrock does and so we don't undo.
            Assert.Equal(SignatureCheck.SignatureMismatch, Verifier(vector).Verify(signed.ToSign(), authorization!, vector.Credentials.SecretAccessKey, vector.At));
            return;
        }

        var unsigned = signed.Query[..signed.Query.IndexOf("&X-Amz-Signature=", StringComparison.Ordinal)];
        Assert.Equal(vector.Read("query-canonical-request.txt"), Canonical(signed, unsigned, authorization!, vector));
        Assert.Equal(vector.Read("query-string-to-sign.txt"), ToSign(vector.Read("query-canonical-request.txt"), vector));
        Assert.Equal(SignatureCheck.Valid, Verifier(vector).Verify(signed.ToSign(), authorization!, vector.Credentials.SecretAccessKey, vector.At));
    }

    [Theory]
    [InlineData(nameof(SdkCalls.Converse))]
    [InlineData(nameof(SdkCalls.ConverseOverHttp2))]
    [InlineData(nameof(SdkCalls.InvokeStreamOnProfileArn))]
    [InlineData(nameof(SdkCalls.ListAsyncInvokes))]
    public void AcceptsWhatTheAwsSdkSends(string name)
    {
        var call = (SdkCall)typeof(SdkCalls).GetField(name)!.GetValue(null)!;
        var verifier = new SigV4Verifier();

        Assert.Equal(SignatureCheck.Valid, Check(call.Signed, SdkCalls.At, verifier));
        Assert.Equal(SignatureCheck.Valid, Check(call.Signed, SdkCalls.At.AddMinutes(4), verifier));
        Assert.Equal(SignatureCheck.SignatureMismatch, Check(call.Signed, SdkCalls.At, verifier, secret: SdkCalls.Secret + "x"));
    }

    [Fact]
    public void NoticesWhateverIsChanged()
    {
        var signed = SdkCalls.Converse.Signed;
        foreach (var changed in new[]
        {
            signed with { Method = "PUT" },
            signed with { Path = signed.Path.Replace("us.", "eu.", StringComparison.Ordinal) },
            signed with { Path = signed.Path.Replace("%3A", ":", StringComparison.Ordinal) },
            signed with { Query = "a=b" },
            WithHeader(signed, "host", "example.com"),
            WithHeader(signed, "content-type", "text/plain"),
            signed with { Headers = [.. signed.Headers, new("content-type", "text/plain")] },
        })
        {
            Assert.Equal(SignatureCheck.SignatureMismatch, Check(changed, SdkCalls.At));
        }
        // A header that isn't signed may change on the way.
        Assert.Equal(SignatureCheck.Valid, Check(WithHeader(signed, "user-agent", "curl"), SdkCalls.At));
    }

    [Fact]
    public void HoldsTheBodyAgainstTheHashInTheHeader()
    {
        var signed = SdkCalls.Converse.Signed;
        Assert.Equal(SignatureCheck.PayloadMismatch, Check(signed with { Body = "{}"u8.ToArray() }, SdkCalls.At));
        // Changing both shows in the signature.
        var both = WithHeader(signed with { Body = [] }, "x-amz-content-sha256", SdkCalls.ListAsyncInvokes.ContentSha256);
        Assert.Equal(SignatureCheck.SignatureMismatch, Check(both, SdkCalls.At));
    }

    [Fact]
    public void AcceptsAnUnsignedBodyOnlyWhereAllowed()
    {
        // The signature over the same call with UNSIGNED-PAYLOAD is made by hand, since our signer always signs the body.
        var request = SdkCalls.Converse.Request with
        {
            Headers = [new("host", "h"), new("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), new("x-amz-date", "20261121T123456Z")],
        };
        var scope = new SigningScope(SdkCalls.At.UtcDateTime, "us-east-1", "bedrock");
        var canonical = new Utf8Builder(new byte[1024]);
        CanonicalRequest.Write(ref canonical, request.ToSign(), "host;x-amz-content-sha256;x-amz-date"u8, "UNSIGNED-PAYLOAD"u8, normalizePath: true);
        var key = new byte[32];
        new SigningKeyCache().GetOrDerive(SdkCalls.Secret, scope, key);
        var signature = new byte[32];
        scope.Sign(canonical.Written, key, signature);
        var signed = request with
        {
            Headers =
            [
                .. request.Headers,
                new("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/bedrock/aws4_request, "
                    + $"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={Convert.ToHexStringLower(signature)}"),
            ],
        };

        Assert.Equal(SignatureCheck.PayloadMismatch, Check(signed, SdkCalls.At));
        var lenient = new SigV4Verifier(new SigV4VerifierOptions { AllowUnsignedPayload = true });
        Assert.Equal(SignatureCheck.Valid, Check(signed, SdkCalls.At, lenient));
        Assert.Equal(SignatureCheck.Valid, Check(signed with { Body = [1] }, SdkCalls.At, lenient));
        var streaming = WithHeader(signed, "x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        Assert.Equal(SignatureCheck.PayloadMismatch, Check(streaming, SdkCalls.At, lenient));
    }

    [Theory]
    [InlineData(-301, SignatureCheck.ClockSkew)]
    [InlineData(-300, SignatureCheck.Valid)]
    [InlineData(300, SignatureCheck.Valid)]
    [InlineData(301, SignatureCheck.ClockSkew)]
    public void AllowsFiveMinutesBetweenTheClocks(int seconds, SignatureCheck expected) =>
        Assert.Equal(expected, Check(SdkCalls.Converse.Signed, SdkCalls.At.AddSeconds(seconds)));

    [Theory]
    [InlineData(-301, SignatureCheck.ClockSkew)]
    [InlineData(-300, SignatureCheck.Valid)]
    [InlineData(3600, SignatureCheck.Valid)]
    [InlineData(3601, SignatureCheck.Expired)]
    public void APresignedRequestHoldsForItsLifetime(int seconds, SignatureCheck expected)
    {
        var call = SdkCalls.Converse;
        var query = new SigV4Signer().Presign(call.Request.ToSign(), call.Credentials, "us-east-1", "bedrock", SdkCalls.At, TimeSpan.FromHours(1));
        Assert.True(SigV4Authorization.TryParseQuery(query, out var authorization));
        var signed = call.Request with { Query = query };

        Assert.Equal(expected, new SigV4Verifier().Verify(signed.ToSign(), authorization!, SdkCalls.Secret, SdkCalls.At.AddSeconds(seconds)));
    }

    [Theory]
    [InlineData("x-amz-date")]
    [InlineData("host")]
    public void RequiresTheHeadersThatMustBeSigned(string name)
    {
        var signed = SdkCalls.Converse.Signed;
        var authorization = SdkCalls.Converse.Authorization.Replace($"{name};", "", StringComparison.Ordinal);
        Assert.Equal(SignatureCheck.MissingSignedHeader, Check(WithHeader(signed, "authorization", authorization), SdkCalls.At));
    }

    [Fact]
    public void RequiresEverySignedHeaderToArrive()
    {
        var signed = SdkCalls.Converse.Signed;
        var without = signed with { Headers = [.. signed.Headers.Where(h => h.Key != "amz-sdk-request")] };
        Assert.Equal(SignatureCheck.MissingSignedHeader, Check(without, SdkCalls.At));
    }

    [Theory]
    [InlineData("20261122T123456Z")]
    [InlineData("2026-11-21T12:34:56Z")]
    [InlineData("")]
    public void RequiresADateOfTheScopesDay(string date) =>
        Assert.Equal(SignatureCheck.Malformed, Check(WithHeader(SdkCalls.Converse.Signed, "x-amz-date", date), SdkCalls.At));

    [Fact]
    public void AcceptsWhateverTheSignerSigns()
    {
        var random = new Random(20261121);
        const string characters = "aZ09-._~/:%+ &=?*'()!\u00e9\u4e16";
        var signer = new SigV4Signer();
        var verifier = new SigV4Verifier();
        string Text(int max, string from) => new([.. Enumerable.Range(0, random.Next(max)).Select(_ => from[random.Next(from.Length)])]);
        for (var round = 0; round < 2000; round++)
        {
            var body = new byte[random.Next(100)];
            random.NextBytes(body);
            var headers = Enumerable.Range(0, random.Next(6)).Select(_ => new KeyValuePair<string, string>("x-" + Text(4, "aB_-"), Text(8, "a \t,b")));
            var request = new WireRequest("POST", "/" + Text(20, characters), Text(20, characters), [.. headers, new("Host", "h")], body);
            var credentials = new SigningCredentials("AK", Text(70, characters), random.Next(2) == 0 ? null : Text(40, characters));

            var signed = signer.SignHeaders(request.ToSign(), credentials, "us-east-1", "bedrock", SdkCalls.At);
            var arrived = request with
            {
                Headers =
                [
                    .. request.Headers, new("authorization", signed.Authorization), new("x-amz-date", signed.Date),
                    new("x-amz-content-sha256", signed.ContentSha256!), new("x-amz-security-token", signed.SecurityToken ?? ""),
                ],
            };
            Assert.Equal(SignatureCheck.Valid, Check(arrived, SdkCalls.At, verifier, credentials.SecretAccessKey));

            var query = signer.Presign(request.ToSign(), credentials, "us-east-1", "bedrock", SdkCalls.At, TimeSpan.FromMinutes(1));
            Assert.True(SigV4Authorization.TryParseQuery(query, out var authorization));
            Assert.Equal(SignatureCheck.Valid, verifier.Verify(
                (request with { Query = query }).ToSign(), authorization!, credentials.SecretAccessKey, SdkCalls.At));
        }
    }

    [Fact]
    public void OnlyAValidSignaturePutsItsKeyIntoTheCache()
    {
        var keys = new SigningKeyCache();
        var verifier = new SigV4Verifier(keys: keys);
        Check(SdkCalls.Converse.Signed, SdkCalls.At, verifier, secret: "wrong");
        Assert.Equal(0, keys.Count);
        Check(SdkCalls.Converse.Signed, SdkCalls.At, verifier);
        Assert.Equal(1, keys.Count);
    }

    private static SignatureCheck Check(WireRequest request, DateTimeOffset now, SigV4Verifier? verifier = null, string secret = SdkCalls.Secret)
    {
        Assert.True(SigV4Authorization.TryParse(request.Header("authorization"), out var authorization));
        return (verifier ?? new SigV4Verifier()).Verify(request.ToSign(), authorization!, secret, now);
    }

    private static WireRequest WithHeader(WireRequest request, string name, string value) => request with
    {
        Headers = [.. request.Headers.Select(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase) ? new(h.Key, value) : h)],
    };

    private static SigV4Verifier Verifier(SignatureVector vector) =>
        new(new SigV4VerifierOptions { NormalizePath = vector.Options.NormalizePath });

    private static string Canonical(WireRequest request, string query, SigV4Authorization authorization, SignatureVector vector)
    {
        var output = new Utf8Builder(new byte[1]);
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(request.Body));
        CanonicalRequest.Write(
            ref output, (request with { Query = query }).ToSign(), Encoding.ASCII.GetBytes(authorization.SignedHeaders),
            Encoding.ASCII.GetBytes(hash), vector.Options.NormalizePath);
        return Encoding.UTF8.GetString(output.Written);
    }

    private static string ToSign(string canonical, SignatureVector vector)
    {
        var output = new Utf8Builder(new byte[1]);
        new SigningScope(vector.At.UtcDateTime, vector.Region, vector.Service).WriteStringToSign(ref output, Encoding.UTF8.GetBytes(canonical));
        return Encoding.UTF8.GetString(output.Written);
    }
}
