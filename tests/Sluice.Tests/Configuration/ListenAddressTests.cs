using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", false)]
    [InlineData("http://localhost:0", false)]
    [InlineData("https://[::1]:8443", false)]
    [InlineData("http://0.0.0.0:8080", true)]
    [InlineData("http://*:8080", true)]
    [InlineData("http://+:8080", true)]
    [InlineData("http://[::]:8080", true)]
    [InlineData("http://gateway.internal:8080", true)]
    [InlineData("http://192.168.1.5", true)]
    public void TellsWhichAddressesOthersReach(string url, bool isReachable)
    {
        Assert.Null(ListenAddress.Mistake(url));
        Assert.Equal(isReachable, ListenAddress.IsReachable(url));
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "write http://127.0.0.1:8080")]
    [InlineData("localhost:8080", "write http://localhost:8080")]
    [InlineData(":8080", "must be a URL")]
    [InlineData("8080", "")]
    [InlineData("", "must be a URL")]
    [InlineData("ftp://host:21", "must be a URL")]
    [InlineData("http://127.0.0.1:99999", "must be a URL")]
    [InlineData("http://127.0.0.1:-1", "must be a URL")]
    [InlineData("http://127.0.0.1:abc", "must be a URL")]
    [InlineData("http://127.0.0.1:8080/base", "must be a URL")]
    [InlineData("http://[::1", "must be a URL")]
    [InlineData("http://", "must be a URL")]
    public void WhatTheServerWouldStumbleOverIsRefused(string url, string fix)
    {
        Assert.Contains(fix, Assert.IsType<string>(ListenAddress.Mistake(url)));
        Assert.False(ListenAddress.IsReachable(url));
    }
}
