using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Gateway.Edge;

namespace Sluice.Gateway.Tests.Edge;

public sealed class CallerOriginTests
{
    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10:1")]
    [InlineData("localhost:8080")]
    [InlineData("LocalHost")]
    [InlineData("localhost.:80")]
    [InlineData("sluice.localhost:8080")]
    [InlineData("[::1]:8080")]
    [InlineData("sluice.test:8080")]
    [InlineData("")]
    public void ALoopbackNameIsTrusted(string host) => Assert.Equal(CallerOrigin.Local, Of(host));

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evil.example/localhost")]
    [InlineData("10.0.0.1")]
    [InlineData("[::2]")]
    [InlineData("[")]
    public void AnyOtherHostIsNotForItMayBeRebound(string host) => Assert.NotNull(Of(host).Objection);

    [Theory]
    [InlineData("http://evil.example", null)]
    [InlineData("http://127.0.0.1:3000", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    [InlineData("http://127.0.0.1:8080", "cross-site")]
    [InlineData(null, "cross-site")]
    [InlineData(null, "same-site")]
    public void APageOfAnotherOriginIsNot(string? origin, string? site) => Assert.NotNull(Of("127.0.0.1:8080", origin, site).Objection);

    [Theory]
    [InlineData("http://127.0.0.1:8080", "same-origin")]
    [InlineData("http://127.0.0.1:8080", null)]
    [InlineData(null, "same-origin")]
    [InlineData(null, "none")]
    public void APageOfSluicesOwnIs(string? origin, string? site) => Assert.Null(Of("127.0.0.1:8080", origin, site).Objection);

    [Fact]
    public void TwoOriginsAreOneTooMany()
    {
        var context = Context("127.0.0.1", "127.0.0.1:8080");
        context.Request.Headers.Origin = new(["http://127.0.0.1:8080", "http://evil.example"]);
        Assert.NotNull(CallerOrigin.Of(context, []).Objection);
    }

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-real-ip")]
    public void WhatAProxyForwardsIsNotLocal(string field)
    {
        var context = Context("127.0.0.1", "127.0.0.1:8080");
        context.Request.Headers[field] = "192.0.2.1";
        Assert.False(CallerOrigin.Of(context, []).IsLocal);
    }

    [Fact]
    public void AConnectionOfAnotherMachineIsNotLocalAndMayNameAnyHost() =>
        Assert.Equal(new CallerOrigin(IsLocal: false), CallerOrigin.Of(Context("192.0.2.1", "sluice.example"), []));

    private static CallerOrigin Of(string host, string? origin = null, string? site = null)
    {
        var context = Context("127.0.0.1", host);
        if (origin is not null)
            context.Request.Headers.Origin = origin;
        if (site is not null)
            context.Request.Headers["Sec-Fetch-Site"] = site;
        return CallerOrigin.Of(context, ["sluice.test"]);
    }

    private static DefaultHttpContext Context(string remote, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Connection.LocalIpAddress = IPAddress.Loopback;
        context.Request.Headers.Host = host;
        return context;
    }
}
