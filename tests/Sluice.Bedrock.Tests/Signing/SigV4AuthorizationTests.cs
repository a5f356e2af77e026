namespace Sluice.Bedrock.Signing;

public sealed class SigV4AuthorizationTests
{
    private const string Signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

    [Theory]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AK/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature={Signature}")]
    [InlineData($"AWS4-HMAC-SHA256 Signature={Signature},SignedHeaders=host;x-amz-date,Credential=AK/20261121/eu-west-1/bedrock/aws4_request")]
    public void ReadsTheHeader(string header)
    {
        Assert.True(SigV4Authorization.TryParse(header, out var authorization));
        Assert.Equal(
            ("AK", new DateOnly(2026, 11, 21), "eu-west-1", "bedrock", "host;x-amz-date", Signature),
            (authorization!.AccessKeyId, authorization.Date, authorization.Region, authorization.Service, authorization.SignedHeaders, authorization.Signature));
        Assert.False(authorization.IsPresigned);
        Assert.True(authorization.Signs("Host"));
        Assert.False(authorization.Signs("x-amz"));
    }

    [Fact]
    public void ReadsTheQuery()
    {
        Assert.True(SigV4Authorization.TryParseQuery(
            "b=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20261121%2Feu-west-1%2Fbedrock%2Faws4_request"
                + $"&X-Amz-Date=20261121T120000Z&X-Amz-SignedHeaders=host%3Bx-a&X-Amz-Expires=60&X-Amz-Signature={Signature}",
            out var authorization));
        Assert.Equal(("AK", "eu-west-1", "host;x-a"), (authorization!.AccessKeyId, authorization.Region, authorization.SignedHeaders));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 12, 1, 0, TimeSpan.Zero), authorization.ExpiresAt);
        Assert.True(authorization.IsPresigned);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer abc")]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("AWS4-HMAC-SHA256 nothing")]
    [InlineData($"AWS4-ECDSA-P256-SHA256 Credential=AK/20261121/bedrock/aws4_request, SignedHeaders=host, Signature={Signature}")]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AK/20261121/eu-west-1/bedrock, SignedHeaders=host, Signature={Signature}")]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AK/20261132/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature={Signature}")]
    [InlineData($"AWS4-HMAC-SHA256 Credential=/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature={Signature}")]
    [InlineData($"AWS4-HMAC-SHA256 Credential=AK/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=, Signature={Signature}")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AK/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=zz")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AK/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host")]
    public void RefusesTheRest(string header)
    {
        Assert.False(SigV4Authorization.TryParse(header, out var authorization));
        Assert.Null(authorization);
    }

    [Theory]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=0")]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=604801")]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=-1")]
    [InlineData("X-Amz-Date=20261121T120000Z", "X-Amz-Date=now")]
    [InlineData("AWS4-HMAC-SHA256", "AWS4")]
    [InlineData("X-Amz-Signature", "X-Amz-Signatur")]
    public void RefusesAQueryThatMakesNoSense(string part, string replacement)
    {
        var query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AK%2F20261121%2Feu-west-1%2Fbedrock%2Faws4_request"
            + $"&X-Amz-Date=20261121T120000Z&X-Amz-SignedHeaders=host&X-Amz-Expires=60&X-Amz-Signature={Signature}";
        Assert.True(SigV4Authorization.TryParseQuery(query, out _));
        Assert.False(SigV4Authorization.TryParseQuery(query.Replace(part, replacement, StringComparison.Ordinal), out _));
    }

    [Fact]
    public void NeverThrows()
    {
        var random = new Random(20261121);
        string[] pieces = ["AWS4-HMAC-SHA256 ", "Credential=", "AK/20261121/r/s/aws4_request", "/", ",", ", ", "SignedHeaders=", "Signature=", Signature, "=", "&", "X-Amz-Date=", "%", "\u00e9"];
        for (var round = 0; round < 50_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => pieces[random.Next(pieces.Length)]));
            Assert.Equal(SigV4Authorization.TryParse(text, out var authorization), authorization is not null);
            Assert.Equal(SigV4Authorization.TryParseQuery(text, out authorization), authorization is not null);
        }
    }
}
