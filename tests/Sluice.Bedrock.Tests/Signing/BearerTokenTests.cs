using System.Text;

namespace Sluice.Bedrock.Signing;

public sealed class BearerTokenTests
{
    [Fact]
    public void SeesIntoAShortTermKey()
    {
        Assert.True(BearerToken.TryParseHeader($"Bearer {SdkCalls.ShortTermKey}", out var token));
        Assert.Equal(
            (BearerTokenKind.ShortTerm, "ASIAEXAMPLE", "us-west-2", SdkCalls.At.AddHours(12), null),
            (token!.Kind, token.AccessKeyId, token.Region, token.ExpiresAt!.Value, token.UserName));
    }

    [Fact]
    public void VerifiesAShortTermKeyByItsSecret()
    {
        var token = BearerToken.Parse(SdkCalls.ShortTermKey);
        var verifier = new SigV4Verifier();
        Assert.Equal(SignatureCheck.Valid, token.Verify(verifier, SdkCalls.Secret, SdkCalls.At.AddHours(12)));
        Assert.Equal(SignatureCheck.Expired, token.Verify(verifier, SdkCalls.Secret, SdkCalls.At.AddHours(12).AddSeconds(1)));
        Assert.Equal(SignatureCheck.SignatureMismatch, token.Verify(verifier, "another", SdkCalls.At));
        Assert.Equal(SignatureCheck.Malformed, BearerToken.Parse("opaque").Verify(verifier, "any", SdkCalls.At));
    }

    [Fact]
    public void SeesIntoALongTermKey()
    {
        var token = BearerToken.Parse("ABSK" + Convert.ToBase64String("BedrockAPIKey-abcd-at-123456789012:c2VjcmV0"u8));
        Assert.Equal((BearerTokenKind.LongTerm, "BedrockAPIKey-abcd-at-123456789012", null), (token.Kind, token.UserName, token.AccessKeyId));
    }

    [Theory]
    [InlineData("sk-anything")]
    [InlineData("ABSK")]
    [InlineData("ABSKnot base64")]
    [InlineData("ABSKc2VjcmV0")]
    [InlineData("bedrock-api-key-")]
    [InlineData("bedrock-api-key-c2VjcmV0")]
    public void TakesTheRestAsOpaque(string value)
    {
        var token = BearerToken.Parse(value);
        Assert.Equal((BearerTokenKind.Opaque, value, null, null, null), (token.Kind, token.Value, token.AccessKeyId, token.Region, token.ExpiresAt));
    }

    [Fact]
    public void APresignedUrlForAnotherCallIsNoKey()
    {
        var inside = Encoding.UTF8.GetString(Convert.FromBase64String(SdkCalls.ShortTermKey["bedrock-api-key-".Length..]));
        foreach (var changed in new[]
        {
            inside.Replace("Action=CallWithBearerToken", "Action=GetCallerIdentity", StringComparison.Ordinal),
            inside.Replace("%2Fbedrock%2F", "%2Fsts%2F", StringComparison.Ordinal),
            inside.Replace("&Version=1", "", StringComparison.Ordinal),
        })
        {
            Assert.Equal(BearerTokenKind.Opaque, BearerToken.Parse("bedrock-api-key-" + Convert.ToBase64String(Encoding.UTF8.GetBytes(changed))).Kind);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("Basic abc")]
    public void OnlyTheBearerSchemeHasATokenInTheHeader(string? header)
    {
        Assert.False(BearerToken.TryParseHeader(header, out var token));
        Assert.Null(token);
    }

    [Fact]
    public void SecretsDoNotPrint()
    {
        Assert.DoesNotContain("YmVk", BearerToken.Parse(SdkCalls.ShortTermKey).ToString());
        Assert.DoesNotContain(SdkCalls.Secret, new SigningCredentials("AK", SdkCalls.Secret, "token").ToString());
    }
}
