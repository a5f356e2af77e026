using System.Collections.Immutable;
using System.Text;
using Sluice.Bedrock.Signing;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Stages.Identifying;

/// <summary>Wherever a Sluice key stands it is verified, attributed, and not sent on.</summary>
public sealed class CredentialPlacesTests
{
    private const string Foreign = "AWS4-HMAC-SHA256 Credential=AKIAFOREIGNFOREIGN00/20261121/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

    /// <summary>Header lines, or a query, with @ for the token.</summary>
    public static TheoryData<string[]> Places => new(
        ["Authorization: Bearer @"], ["Authorization: bearer\t@"], ["Authorization: Bearer \"@\""], ["Authorization: Bearer   '@'"], ["Authorization: @"], ["Authorization: Token @"],
        ["x-api-key: @"], ["X-Api-Key: \"@\""], ["api-key: @"], ["x-goog-api-key: @"], ["Cookie: a=b; session=@; c=d"], ["Proxy-Authorization: Bearer @"], ["x-anything: key=@"],
        ["Authorization: " + Foreign, "x-api-key: @"], ["Authorization: Basic dXNlcjpwYXNz", "x-api-key: @"], ["Authorization: Bearer sk-foreign", "x-api-key: @"],
        ["Authorization: Bearer sk-foreign", "Authorization: Bearer @"], ["Authorization: Bearer @", "Authorization: Bearer @"], ["x-api-key: sk-foreign", "x-api-key: @"],
        ["Authorization: Bearer @", "x-api-key: @"], ["x-api-key: sk-foreign", "Authorization: Bearer @"],
        ["?key=@"], ["?a=1&api_key=@&b=2"], ["?q=Bearer%20@"], ["?q=%22@%22"], ["Authorization: Basic @64"], ["x-api-key: @dot"]);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task AKeyIsFoundAttributedAndKeptHere(string[] place)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);

        Assert.Equal(200, (await CallAsync(gateway, place, key.Token)).Status);

        Assert.Equal(key.Key.KeyId, (await gateway.Ledger.NextAsync()).KeyId);
        var sent = Assert.Single(upstream.Requests);
        Assert.DoesNotContain(key.Secret, Uri.UnescapeDataString(sent.Head));
        Assert.DoesNotContain(key.Key.KeyId, sent.Head);
        Assert.DoesNotContain(Base64(key.Token), sent.Head);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task AWrongOrRevokedKeyIsRefusedWhereverItStands(string[] place)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);

        var wrong = await CallAsync(gateway, place, $"sluice.{key.Key.KeyId}.wrong");
        gateway.Keys.Revoke(key.Key.KeyId);
        var revoked = await CallAsync(gateway, place, key.Token);

        Assert.Equal((403, 403), (wrong.Status, revoked.Status));
        Assert.DoesNotContain(key.Secret, revoked.Body);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("x-api-key: sluice.SLCAAAA.bad")]
    [InlineData("Authorization: Bearer sluice.")]
    [InlineData("Authorization: Bearer sluice.nodot-but-a-secret-all-the-same")]
    [InlineData("Authorization: \"Sluice.nodot-but-a-secret-all-the-same\"")]
    [InlineData("api-key: SLCEAAAAAAAAAAAAAAAA")]
    [InlineData("x-goog-api-key: SLCEAAAAAAAAAAAAAAAA.")]
    public async Task WhatWasMeantAsATokenAndIsNoneIsRefusedWithoutAnEcho(string header)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var reply = await CallAsync(gateway, [header], "");

        Assert.Equal(403, reply.Status);
        Assert.DoesNotContain("nodot", reply.Body);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("Host-Name: sluice.example.com")]
    [InlineData("x-note: sluice.")]
    [InlineData("User-Agent: sluice.client/1.0")]
    [InlineData("x-note: SLCEAAAAAAAAAAAAAAAA is my key's id")]
    [InlineData("Authorization: Bearer sk-foreign")]
    public async Task WhatOnlyLooksLikeOneIsNoCredential(string header)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        Assert.Equal(200, (await CallAsync(gateway, [header], "")).Status);

        Assert.Equal([header.Split(": ")[1]], Assert.Single(upstream.Requests).Values(header.Split(':')[0]));
        Assert.Null((await gateway.Ledger.NextAsync()).KeyId);
    }

    [Fact]
    public async Task TwoKeysContradictEachOther()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var (one, two) = (NewKey(gateway), NewKey(gateway));

        var reply = await CallAsync(gateway, [$"Authorization: Bearer {one.Token}", $"x-api-key: {two.Token}"], "");

        Assert.Equal(403, reply.Status);
        Assert.Contains("two Sluice keys", reply.Body);
    }

    [Fact]
    public async Task AForeignCredentialBesideAKeyStillReachesTheUpstreamThatItIsFor()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);

        await CallAsync(gateway, [$"Authorization: {Foreign}", "X-Amz-Date: 20261121T120000Z", $"x-api-key: {key.Token}"], "");

        Assert.Equal([Foreign], Assert.Single(upstream.Requests).Values("Authorization"));
        Assert.Equal(["20261121T120000Z"], upstream.Requests.First().Values("X-Amz-Date"));
    }

    [Fact]
    public async Task APresignedQueryOfAKeyIsVerifiedAndStaysHere()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);
        var query = Presign(key, "bedrock", TimeSpan.FromHours(1), "a=1");

        var good = await RawCaller.PostAsync(gateway.Address, $"{Canned.ConversePath}?{query}", Canned.ConverseRequest);
        var bad = await RawCaller.PostAsync(gateway.Address, $"{Canned.ConversePath}?{query.Replace("a=1", "a=2", StringComparison.Ordinal)}", Canned.ConverseRequest);
        var unread = await RawCaller.PostAsync(gateway.Address, $"{Canned.ConversePath}?X-Amz-Credential={key.Key.KeyId}%2F20261121&X-Amz-Signature=00", Canned.ConverseRequest);

        Assert.Equal((200, 403, 403), (good.Status, bad.Status, unread.Status));
        Assert.Equal(key.Key.KeyId, (await gateway.Ledger.NextAsync()).KeyId);
        Assert.Equal($"{Canned.ConversePath}?a=1", Assert.Single(upstream.Requests).Target);
    }

    [Theory]
    [InlineData("s3", 1, 403)]
    [InlineData("bedrock", 12, 200)]
    [InlineData("bedrock", 13, 403)]
    public async Task AShortTermKeyIsForBedrockAndTwelveHours(string service, int hours, int status)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);
        var query = new SigV4Signer().Presign(
            new SigV4Request { Method = "POST", RawPath = "/", RawQuery = "Action=CallWithBearerToken", Headers = [new("host", "bedrock.amazonaws.com")] },
            new SigningCredentials(key.Key.KeyId, key.Secret), "us-east-1", service, TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(hours));
        var token = "bedrock-api-key-" + Base64($"bedrock.amazonaws.com/?{query}&Version=1");

        foreach (var header in new[] { "Authorization: Bearer @", "x-api-key: @", "x-note: @" })
            Assert.Equal(status, (await CallAsync(gateway, [header], token)).Status);

        Assert.All(upstream.Requests, r => Assert.DoesNotContain("bedrock-api-key", r.Head));
    }

    [Fact]
    public async Task ASignatureForAnotherServiceIsRefused()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);

        var reply = await RawCaller.PostAsync(gateway.Address, $"{Canned.ConversePath}?{Presign(key, "s3", TimeSpan.FromHours(1), "")}", Canned.ConverseRequest);

        Assert.Equal(403, reply.Status);
        Assert.Contains("'s3'", reply.Body);
    }

    /// <summary>SDKs sign the UTF-8 of a value, and their HTTP clients write it as UTF-8 or as Latin-1.</summary>
    [Theory]
    [InlineData("utf-8")]
    [InlineData("iso-8859-1")]
    public async Task ASignatureHoldsInWhicheverEncodingItsHeadersCome(string encoding)
    {
        const string note = "Málaga, où?";
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var key = NewKey(gateway);
        var signed = new SigV4Signer().SignHeaders(
            new SigV4Request
            {
                Method = "POST",
                RawPath = Canned.ConversePath,
                Headers = [new("host", "localhost"), new("x-amz-note", note)],
                Body = Encoding.UTF8.GetBytes(Canned.ConverseRequest),
            },
            new SigningCredentials(key.Key.KeyId, key.Secret), "us-east-1", "bedrock", TimeProvider.System.GetUtcNow());
        var lines = new List<string> { $"x-amz-note: {Encoding.Latin1.GetString(Encoding.GetEncoding(encoding).GetBytes(note))}" };
        signed.AddTo((name, value) => lines.Add($"{name}: {value}"));

        var reply = await RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest, [.. lines]);

        Assert.True(reply.Status == 200, reply.Body);
    }

    private static IssuedKey NewKey(GatewayHarness gateway) => gateway.Keys.Create(ImmutableSortedDictionary<string, string>.Empty.Add("app", "a"), admin: false);

    private static string Presign(IssuedKey key, string service, TimeSpan lifetime, string query) => new SigV4Signer().Presign(
        new SigV4Request { Method = "POST", RawPath = Canned.ConversePath, RawQuery = query, Headers = [new("host", "localhost")], Body = Encoding.UTF8.GetBytes(Canned.ConverseRequest) },
        new SigningCredentials(key.Key.KeyId, key.Secret), "us-east-1", service, TimeProvider.System.GetUtcNow(), lifetime);

    private static Task<RawCaller> CallAsync(GatewayHarness gateway, string[] place, string token)
    {
        string Fill(string text) => text.Replace("@64", Base64("user:" + token), StringComparison.Ordinal)
            .Replace("@dot", token.Replace(".", "%2E", StringComparison.Ordinal), StringComparison.Ordinal).Replace("@", token, StringComparison.Ordinal);
        return place[0].StartsWith('?')
            ? RawCaller.PostAsync(gateway.Address, Canned.ConversePath + Fill(place[0]), Canned.ConverseRequest)
            : RawCaller.PostAsync(gateway.Address, Canned.ConversePath, Canned.ConverseRequest, [.. place.Select(Fill)]);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Task<GatewayHarness> StartAsync(RawUpstream upstream) => GatewayHarness.StartAsync(
        _ => Task.CompletedTask,
        new() { Auth = AuthMode.Optional, Upstream = new UpstreamOptions { Name = "raw", Kind = UpstreamKind.Url, BaseAddress = upstream.Address } });
}
