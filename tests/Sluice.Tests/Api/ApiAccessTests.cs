using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Api;
using Sluice.Gateway;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;

namespace Sluice.Tests.Api;

public sealed class ApiAccessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sluice-api-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void FollowsTheModeInForceNotTheOneAtTheStart()
    {
        var snapshots = new GatewaySnapshots(With(AuthMode.Optional));
        var access = new ApiAccess(KeyRing.Open(_directory, TimeProvider.System), snapshots);
        Assert.True(access.IsAllowed(Local()));

        snapshots.Replace(With(AuthMode.Required));
        Assert.False(access.IsAllowed(Local()));

        snapshots.Replace(With(null));
        Assert.True(access.IsAllowed(Local()));
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    public void AWebPageOrAProxyIsNoLocalCaller(string field, string value)
    {
        var access = new ApiAccess(KeyRing.Open(_directory, TimeProvider.System), new GatewaySnapshots(With(null)));
        var context = Local();
        context.Request.Headers[field] = value;
        Assert.False(access.IsAllowed(context));
    }

    private static GatewaySnapshot With(AuthMode? mode) => new() { Pipeline = null!, DefaultUpstream = null!, Auth = mode };

    private static DefaultHttpContext Local() =>
        new() { Connection = { RemoteIpAddress = IPAddress.Loopback, LocalIpAddress = IPAddress.Loopback } };
}
