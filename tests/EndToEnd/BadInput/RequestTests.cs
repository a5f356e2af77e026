using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Signing;

namespace EndToEnd.BadInput;

/// <summary>Requests that can't be right: each gets a clear error in the shape of its own protocol, and none is lost or half recorded.</summary>
public sealed class RequestTests(BadInputFixture bad) : IClassFixture<BadInputFixture>
{
    private const string MessagesPath = "/anthropic/v1/messages";
    private const string ChatPath = "/openai/v1/chat/completions";

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"marker-of-a-prompt-5e1f""")]
    [InlineData("not JSON at all, marker-of-a-prompt-5e1f")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task MalformedJsonGetsAValidationException(string body) =>
        AssertBedrock(await bad.SendAsync(BadInputFixture.ConversePath, body), 400, "ValidationException");

    [Fact]
    public async Task EachProtocolGetsErrorsOfItsOwnShape()
    {
        AssertAnthropic(await bad.SendAsync(MessagesPath, "{"), 400, "invalid_request_error");
        AssertOpenAi(await bad.SendAsync(ChatPath, "{"), 400);
        AssertAnthropic(await bad.SendAsync(MessagesPath, "{}", "Bearer sluice.SLCEAAAAAAAAAAAAAAAA.wrong"), 403, "permission_error");
        AssertOpenAi(await bad.SendAsync(ChatPath, "{}", "Bearer sluice.SLCEAAAAAAAAAAAAAAAA.wrong"), 403);
    }

    [Fact]
    public async Task InvalidUtf8GetsAValidationException()
    {
        byte[] body = [.. """{"messages":[{"role":"user","content":[{"text":"marker-of-a-prompt-5e1f """u8, 0xC3, 0x28, 0xFF, .. "\"}]}]}"u8];
        AssertBedrock(await bad.SendAsync(BadInputFixture.ConversePath, body), 400, "ValidationException");
    }

    [Fact]
    public async Task UnknownModelGetsAValidationException() =>
        AssertBedrock(await bad.SendAsync("/model/no.such-model-v1%3A0/converse", BadInputFixture.ConverseBody), 400, "ValidationException");

    [Fact]
    public async Task TruncatedBodyReachesNoUpstream()
    {
        var seen = bad.RequestsSeen;
        var body = Encoding.UTF8.GetBytes(BadInputFixture.ConverseBody);
        var reply = await bad.SendAsync(BadInputFixture.ConversePath, body, contentLength: $"{body.Length + 100}", hangsUp: true);
        if (reply.Status != 0)
            AssertBedrock(reply, 400, "ValidationException");
        Assert.Equal(seen, bad.RequestsSeen);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    public async Task ImpossibleContentLengthIsABadRequest(string length)
    {
        var seen = bad.RequestsSeen;
        Assert.Equal(400, (await bad.SendAsync(BadInputFixture.ConversePath, Encoding.UTF8.GetBytes(BadInputFixture.ConverseBody), contentLength: length)).Status);
        Assert.Equal(seen, bad.RequestsSeen);
    }

    [Fact]
    public async Task ContentLengthThatIsTooShortCutsTheJson() =>
        AssertBedrock(await bad.SendAsync(BadInputFixture.ConversePath, Encoding.UTF8.GetBytes(BadInputFixture.ConverseBody), contentLength: "20"), 400, "ValidationException");

    [Fact]
    public async Task BodyOverTheLimitNamesTheLimit()
    {
        var seen = bad.RequestsSeen;
        var reply = await bad.SendAsync(BadInputFixture.ConversePath, new byte[1024 * 1024 + 1]);
        Assert.Contains("max_request_body", AssertBedrock(reply, 413, "ValidationException"));
        Assert.Equal(seen, bad.RequestsSeen);
    }

    [Fact]
    public async Task HeadersOverTheLimitAreRefused()
    {
        var reply = await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, headers: $"x-long: {new string('x', 200_000)}\r\n");
        Assert.Equal(431, reply.Status);
    }

    [Fact]
    public async Task WrongTokenIsRefused()
    {
        var message = AssertBedrock(await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, $"Bearer sluice.{bad.Key.KeyId}.nonsense"), 403, "UnrecognizedClientException");
        Assert.Contains(bad.Key.KeyId, message);
    }

    [Fact]
    public async Task NoCredentialsAreRefusedWhereTheyAreRequired() =>
        AssertBedrock(await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, "Bearer something-else"), 403, "MissingAuthenticationTokenException");

    [Fact]
    public async Task BadSignatureIsRefused()
    {
        var reply = await SignedAsync(DateTimeOffset.UnixEpoch, secret: "wrong", useNow: true);
        Assert.Contains("does not match the secret", AssertBedrock(reply, 403, "InvalidSignatureException"));
    }

    [Fact]
    public async Task ClockThatIsWrongIsNamedAsTheCause()
    {
        var reply = await SignedAsync(TimeProvider.System.GetUtcNow().AddMinutes(-10), bad.Key.Secret);
        Assert.Contains("clock", AssertBedrock(reply, 403, "InvalidSignatureException"));
    }

    [Fact]
    public async Task GoodSignatureMadeByHandPasses() =>
        Assert.Equal(200, (await SignedAsync(TimeProvider.System.GetUtcNow(), bad.Key.Secret)).Status);

    [Fact]
    public async Task ExpiredShortTermTokenSaysThatItExpired()
    {
        var reply = await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, "Bearer " + ShortTermToken(TimeProvider.System.GetUtcNow().AddHours(-2)));
        Assert.Contains("expired", AssertBedrock(reply, 403, "ExpiredTokenException"));
    }

    [Fact]
    public async Task FreshShortTermTokenPasses() =>
        Assert.Equal(200, (await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, "Bearer " + ShortTermToken(TimeProvider.System.GetUtcNow()))).Status);

    [Fact]
    public async Task RevokedKeyIsRefusedWithinASecond()
    {
        var key = await bad.Gateway.CreateKeyAsync("revoked");
        Assert.Equal(200, (await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, "Bearer " + key.Token)).Status);
        var revoked = await Hosts.SluiceProcess.RunAsync("keys", "revoke", key.KeyId, "--data", bad.Gateway.DataDirectory);
        Assert.Equal(0, revoked.ExitCode);
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        Assert.Contains("revoked", AssertBedrock(await bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, "Bearer " + key.Token), 403, "UnrecognizedClientException"));
    }

    /// <summary>A token as AWS's generators make it: the call that it stands for, presigned for an hour, in base64.</summary>
    private string ShortTermToken(DateTimeOffset at)
    {
        var query = new SigV4Signer().Presign(
            new SigV4Request { Method = "POST", RawPath = "/", RawQuery = "Action=CallWithBearerToken", Headers = [new("host", "bedrock.amazonaws.com")] },
            new SigningCredentials(bad.Key.KeyId, bad.Key.Secret), "us-east-1", "bedrock", at, TimeSpan.FromHours(1));
        return "bedrock-api-key-" + Convert.ToBase64String(Encoding.UTF8.GetBytes($"bedrock.amazonaws.com/?{query}&Version=1"));
    }

    private Task<RawReply> SignedAsync(DateTimeOffset at, string secret, bool useNow = false)
    {
        var signed = new SigV4Signer().SignHeaders(
            new SigV4Request
            {
                Method = "POST",
                RawPath = BadInputFixture.ConversePath,
                Headers = [new("host", bad.Gateway.Address.Authority), new("content-type", "application/json")],
                Body = Encoding.UTF8.GetBytes(BadInputFixture.ConverseBody),
            },
            new SigningCredentials(bad.Key.KeyId, secret), "us-east-1", "bedrock", useNow ? TimeProvider.System.GetUtcNow() : at);
        return bad.SendAsync(BadInputFixture.ConversePath, BadInputFixture.ConverseBody, signed.Authorization, $"X-Amz-Date: {signed.Date}\r\nX-Amz-Content-Sha256: {signed.ContentSha256}\r\n");
    }

    private static string AssertBedrock(RawReply reply, int status, string type)
    {
        Assert.True(reply.Status == status, $"{reply.Status} {reply.Body}");
        Assert.StartsWith(type, reply.Headers["x-amzn-ErrorType"]);
        var message = Json(reply).GetProperty("message").GetString()!;
        Assert.NotEmpty(message);
        return message;
    }

    private static void AssertAnthropic(RawReply reply, int status, string type)
    {
        Assert.Equal(status, reply.Status);
        Assert.Equal("error", Json(reply).GetProperty("type").GetString());
        Assert.Equal(type, Json(reply).GetProperty("error").GetProperty("type").GetString());
    }

    private static void AssertOpenAi(RawReply reply, int status)
    {
        Assert.Equal(status, reply.Status);
        Assert.NotEmpty(Json(reply).GetProperty("error").GetProperty("message").GetString()!);
    }

    private static JsonElement Json(RawReply reply)
    {
        var text = reply.Headers.GetValueOrDefault("Transfer-Encoding") == "chunked" ? Unchunked(reply.Body) : reply.Body;
        return JsonDocument.Parse(text).RootElement;
    }

    private static string Unchunked(string body)
    {
        var lines = body.Split("\r\n");
        return string.Concat(lines.Where((_, i) => i % 2 == 1));
    }
}
