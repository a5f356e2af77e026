using System.Net;
using System.Text;
using Sluice.Bedrock.Signing;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Serving;

public sealed class AuthenticationTests
{
    private static readonly SimulatorOptions Closed = new()
    {
        Credentials = [new SimulatedCredential("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY") { AccountId = "999988887777", PrincipalArn = "arn:aws:sts::999988887777:assumed-role/App/session" }],
        BearerTokens = ["ABSKc2VjcmV0"],
    };

    private static async Task<Answer> SignedAsync(SimulatedBedrock bedrock, string secret, TimeSpan late = default, string tail = "")
    {
        const string Path = "/model/us.amazon.nova-lite-v1%3A0/converse";
        var body = Ask("Hello there");
        KeyValuePair<string, string>[] headers = [new("host", bedrock.Host.Address.Authority), new("content-type", "application/json; charset=utf-8")];
        var signed = new SigV4Signer().SignHeaders(
            new SigV4Request { Method = "POST", RawPath = Path, Headers = headers, Body = Encoding.UTF8.GetBytes(body) },
            new SigningCredentials("AKIDEXAMPLE", secret), "eu-west-1", "bedrock", bedrock.Time.GetUtcNow() - late);
        List<(string, string)> sent = [("Authorization", signed.Authorization), ("x-amz-date", signed.Date)];
        if (signed.ContentSha256 is { } hash)
            sent.Add(("x-amz-content-sha256", hash));
        return await bedrock.PostAsync(Path, body + tail, [.. sent]);
    }

    [Fact]
    public async Task TakesAnyoneByDefault()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask("Hi"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask("Hi"), ("Authorization", "Bearer whatever"))).Status);
        Assert.Equal("us-east-1", (await bedrock.LastLoggedAsync()).Region);
    }

    [Fact]
    public async Task TakesTheRegionFromSignatureHostOrArn()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        await SignedAsync(bedrock, "any");
        Assert.Equal("eu-west-1", (await bedrock.LastLoggedAsync()).Region);
        await bedrock.ConverseAsync(Nova, Ask("Hi"), ("Host", "bedrock-runtime.ap-northeast-1.amazonaws.com"));
        Assert.Equal("ap-northeast-1", (await bedrock.LastLoggedAsync()).Region);
        await bedrock.ConverseAsync("arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0", Ask("Hi"));
        Assert.Equal("us-west-2", (await bedrock.LastLoggedAsync()).Region);
    }

    [Fact]
    public async Task VerifiesASignatureForRealAndBillsItsOwner()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(Closed);
        Assert.Equal(HttpStatusCode.OK, (await SignedAsync(bedrock, Closed.Credentials[0].SecretAccessKey)).Status);
        Assert.All(bedrock.Host.Bill.Rows(), row => Assert.Equal(("999988887777", "arn:aws:sts::999988887777:assumed-role/App/session", "eu-west-1"), (row.AccountId, row.PrincipalArn, row.Region)));
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask("Hi"), ("Authorization", "Bearer ABSKc2VjcmV0"))).Status);
    }

    [Fact]
    public async Task RefusesWhatIsNotProven()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(Closed);
        var secret = Closed.Credentials[0].SecretAccessKey;
        Assert.Equal("InvalidSignatureException", (await SignedAsync(bedrock, "wrong")).Error.Name);
        Assert.Equal("InvalidSignatureException", (await SignedAsync(bedrock, secret, tail: " ")).Error.Name);
        Assert.Contains("Signature expired", (await SignedAsync(bedrock, secret, late: TimeSpan.FromMinutes(10))).Error.Message, StringComparison.Ordinal);
        Assert.Equal("MissingAuthenticationTokenException", (await bedrock.ConverseAsync(Nova, Ask("Hi"))).Error.Name);
        Assert.Equal("AccessDeniedException", (await bedrock.ConverseAsync(Nova, Ask("Hi"), ("Authorization", "Bearer wrong"))).Error.Name);
        Assert.Equal("UnrecognizedClientException", (await bedrock.ConverseAsync(Nova, Ask("Hi"), ("Authorization", "AWS4-HMAC-SHA256 Credential=OTHER/20261121/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=" + new string('0', 64)))).Error.Name);
        Assert.All(bedrock.Host.Log, request => Assert.False(request.Billed));
    }
}
