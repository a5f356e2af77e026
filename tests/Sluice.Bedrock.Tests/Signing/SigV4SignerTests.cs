namespace Sluice.Bedrock.Signing;

public sealed class SigV4SignerTests
{
    [Theory]
    [MemberData(nameof(SignatureVector.Names), MemberType = typeof(SignatureVector))]
    public void SignsInTheHeaderAsPublished(string name)
    {
        var vector = SignatureVector.Load(name);

        var signed = new SigV4Signer(vector.Options)
            .SignHeaders(vector.Request.ToSign(), vector.Credentials, vector.Region, vector.Service, vector.At);

        Assert.EndsWith($"Signature={vector.Read("header-signature.txt")}", signed.Authorization);
        Assert.Equal(vector.Read("header-signed-request.txt"), vector.Request.Write(added:
        [
            ("X-Amz-Security-Token", signed.SecurityToken), ("X-Amz-Date", signed.Date),
            ("x-amz-content-sha256", signed.ContentSha256), ("Authorization", signed.Authorization),
        ]));
    }

    [Theory]
    [MemberData(nameof(SignatureVector.Names), MemberType = typeof(SignatureVector))]
    public void SignsInTheQueryAsPublished(string name)
    {
        var vector = SignatureVector.Load(name);

        var query = new SigV4Signer(vector.Options)
            .Presign(vector.Request.ToSign(), vector.Credentials, vector.Region, vector.Service, vector.At, vector.Lifetime);

        Assert.EndsWith($"X-Amz-Signature={vector.Read("query-signature.txt")}", query);
        Assert.Equal(vector.Read("query-signed-request.txt"), vector.Request.Write(query));
    }

    [Theory]
    [InlineData(nameof(SdkCalls.Converse))]
    [InlineData(nameof(SdkCalls.InvokeStreamOnProfileArn))]
    [InlineData(nameof(SdkCalls.ListAsyncInvokes))]
    public void SignsAsTheAwsSdkDoes(string name)
    {
        var call = (SdkCall)typeof(SdkCalls).GetField(name)!.GetValue(null)!;
        var signer = new SigV4Signer();

        var signed = signer.SignHeaders(call.Request.ToSign(), call.Credentials, call.Region, "bedrock", SdkCalls.At);
        var again = signer.SignHeaders(call.Signed.ToSign(), call.Credentials, call.Region, "bedrock", SdkCalls.At);

        Assert.Equal(
            new SigV4Headers(call.Authorization, "20261121T123456Z", call.Credentials.SessionToken, call.ContentSha256), signed);
        // A request that already has a signature is signed as if it had none.
        Assert.Equal(signed, again);
    }

    [Fact]
    public void TakesABodyThatWasHashedBefore()
    {
        var call = SdkCalls.Converse;
        var request = new SigV4Request
        {
            Method = call.Request.Method,
            RawPath = call.Request.Path,
            Headers = call.Request.Headers,
            BodySha256 = Convert.FromHexString(call.ContentSha256),
        };
        Assert.Equal(call.Authorization, new SigV4Signer().SignHeaders(request, call.Credentials, call.Region, "bedrock", SdkCalls.At).Authorization);
    }

    [Fact]
    public void RefusesARequestWithoutHost()
    {
        var request = SdkCalls.Converse.Request with { Headers = [new("content-type", "application/json")] };
        Assert.Throws<ArgumentException>(() =>
            new SigV4Signer().SignHeaders(request.ToSign(), SdkCalls.Converse.Credentials, "us-east-1", "bedrock", SdkCalls.At));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((7 * 24 * 3600) + 1)]
    public void RefusesALifetimeThatAwsWouldRefuse(int seconds) =>
        Assert.Throws<ArgumentException>(() => new SigV4Signer().Presign(
            SdkCalls.Converse.Request.ToSign(), SdkCalls.Converse.Credentials, "us-east-1", "bedrock", SdkCalls.At, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void AllocatesLittleMoreThanTheHeadersItReturns()
    {
        var call = SdkCalls.Converse with { Request = SdkCalls.Converse.Request with { Body = new byte[1024] } };
        var signer = new SigV4Signer();
        for (var i = 0; i < 100; i++)
            signer.SignHeaders(call.Request.ToSign(), call.Credentials, call.Region, "bedrock", SdkCalls.At);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            signer.SignHeaders(call.Request.ToSign(), call.Credentials, call.Region, "bedrock", SdkCalls.At);
        var perRequest = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;

        // The authorization of 297 characters takes 616 bytes, the date 56, the hash 152.
        Assert.InRange(perRequest, 0, 900);
    }
}
