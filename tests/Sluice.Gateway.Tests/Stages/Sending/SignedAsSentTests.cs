using System.Collections.Concurrent;
using Amazon.Runtime;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.Bedrock.Signing;
using Sluice.Gateway.Tests.Harness;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Stages.Sending;

/// <summary>What the gateway signs for AWS is what a server on the other side reads off the wire.</summary>
public sealed class SignedAsSentTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    private static readonly string[] Names =
    [
        "X-Amz-Meta-One", "x-amz-user-agent", "X-Amzn-Bedrock-Trace", "x-amzn-bedrock-request-metadata", "Accept", "amz-sdk-request", "Content-Language",
        "X-Custom", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "Via", "Forwarded", "Cookie", "traceparent", "tracestate", "baggage", "X-Amzn-Trace-Id",
        "Accept-Encoding", "Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256", "Keep-Alive", "TE", "Cache-Control", "If-Match", "Date",
    ];

    private static readonly string[] Values = ["", "a", "  two  blanks ", "tab\tinside", "a, b", "a,b", "\"quoted, comma\"", "caf\u00c3\u00a9", "\u00e9", "{\"team\":\"a\"}", "x;q=0.5", "%20", "=?utf-8?q?x?="];

    private static readonly Gen<string[]> HeaderSets =
        Gen.ArrayOf(from name in Gen.Elements(Names) from value in Gen.Elements(Values) select $"{name}: {value}").Where(h => h.Length <= 30);

    [Fact]
    public async Task EverySetOfHeadersIsSignedAsItIsSentOverHttp1()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHarness.StartAsync(_ => Task.CompletedTask, Settings(upstream.Address, http2: false));
        foreach (var headers in HeaderSets.Sample(30, 60))
        {
            upstream.Requests.Clear();
            await CallAsync(gateway, headers);
            AssertSigned(Assert.Single(upstream.Requests), headers);
        }
    }

    [Fact]
    public async Task EverySetOfHeadersIsSignedAsItIsSentOverHttp2()
    {
        var requests = new ConcurrentQueue<WireRequest>();
        await using var upstream = await TestServer.StartAsync(
            async context =>
            {
                requests.Enqueue(await ReadAsync(context));
                await Canned.ReplyAsync(context);
            },
            HttpProtocols.Http2);
        await using var gateway = await GatewayHarness.StartAsync(_ => Task.CompletedTask, Settings(upstream.Address, http2: true));
        foreach (var headers in HeaderSets.Sample(30, 60))
        {
            requests.Clear();
            await CallAsync(gateway, headers);
            AssertSigned(Assert.Single(requests), headers);
        }
    }

    [Theory]
    [InlineData("GET", "/v1/models?statusEquals=Completed&empty=&flag&a=b%20c&a=B", "Content-Type: application/json")]
    [InlineData("GET", "/v1/models", "Content-Length: 0")]
    [InlineData("DELETE", "/some/thing", "Expires: 0")]
    [InlineData("POST", "/model/a%3Ab%2Fc/converse", "Content-Length: 0")]
    public async Task ARequestWithoutABodyIsSignedAsItIsSent(string method, string target, string header)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHarness.StartAsync(_ => Task.CompletedTask, Settings(upstream.Address, http2: false));

        await RawCaller.SendAsync(gateway.Address, $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n\r\n");

        var request = Assert.Single(upstream.Requests);
        Assert.Equal((method, target), (request.Method, request.Target));
        Assert.Equal(SignatureCheck.Valid, request.Verify(Secret));
    }

    [Fact]
    public async Task WhatAProxyAddsStaysHereAndIsNotSigned()
    {
        string[] stays =
        [
            "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Port: 443", "X-Forwarded-Host: a.example", "Forwarded: for=203.0.113.9", "Via: 1.1 proxy", "X-Real-IP: 203.0.113.9",
            "Cookie: AWSALB=x", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate: a=b", "baggage: user=alice", "x-sluice-tag-task: triage", "Expect: 100-continue",
        ];
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHarness.StartAsync(_ => Task.CompletedTask, Settings(upstream.Address, http2: false));

        await CallAsync(gateway, [.. stays, "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"]);

        var request = Assert.Single(upstream.Requests);
        Assert.All(stays, header => Assert.Empty(request.Values(header.Split(':')[0])));
        Assert.Equal(["Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"], request.Values("X-Amzn-Trace-Id"));
        Assert.DoesNotContain("x-amzn-trace-id", request.SignedHeaders);
        Assert.Equal(SignatureCheck.Valid, request.Verify(Secret));
    }

    [Fact]
    public async Task APresignedQueryIsNeverSentToWhoeverIsCalledAsUs()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await GatewayHarness.StartAsync(_ => Task.CompletedTask, Settings(upstream.Address, http2: false));

        await RawCaller.PostAsync(gateway.Address, $"{Canned.ConversePath}?a=1&X-Amz-Credential=AKIAFOREIGN%2F20261121%2Fus-east-1%2Fbedrock%2Faws4_request&x-amz-signature=00&X-Amz-Security-Token=t&b", Canned.ConverseRequest);

        var request = Assert.Single(upstream.Requests);
        Assert.Equal($"{Canned.ConversePath}?a=1&b", request.Target);
        Assert.Equal(SignatureCheck.Valid, request.Verify(Secret));
    }

    private static void AssertSigned(WireRequest request, string[] headers)
    {
        Assert.True(request.Verify(Secret) == SignatureCheck.Valid, $"{request.Verify(Secret)}:\n{string.Join('\n', headers)}\n\n{request.Head}");
        Assert.All(request.SignedHeaders, name => Assert.True(
            name is "host" or "content-type" or "content-length" or "accept" or "amz-sdk-invocation-id" or "amz-sdk-request"
            || name.StartsWith("x-amz-", StringComparison.Ordinal) || name.StartsWith("x-amzn-bedrock-", StringComparison.Ordinal), name));
    }

    private static async Task CallAsync(GatewayHarness gateway, string[] headers)
    {
        var reply = await RawCaller.PostAsync(gateway.Address, Canned.ConversePath + "?b=2&a=%C3%A9&a=1", Canned.ConverseRequest, headers);
        Assert.True(reply.Status == 200, $"{reply.Status} {reply.Body}\n{string.Join('\n', headers)}");
    }

    private static async Task<WireRequest> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.SelectMany(h => h.Value, (h, value) => KeyValuePair.Create(h.Key, value ?? "")).ToList();
        return new WireRequest(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, headers, body.ToArray());
    }

    private static GatewayHarness.Settings Settings(Uri upstream, bool http2) => new()
    {
        Auth = Gateway.Stages.Identifying.AuthMode.Optional,
        Unknown = Gateway.Edge.UnknownOperations.Pass,
        Upstream = new UpstreamOptions { Name = "aws", Kind = UpstreamKind.Url, BaseAddress = upstream, Http2 = http2 },
        Authorizer = new AwsAuthorizer("eu-west-1", TimeProvider.System, new AwsCredentialChain(() => Task.FromResult(new ImmutableCredentials("AKIAEXAMPLEEXAMPLE00", Secret, "a+session/token==")))),
    };
}
