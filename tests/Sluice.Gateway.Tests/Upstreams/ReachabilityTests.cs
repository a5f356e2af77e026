using Sluice.Gateway.Upstreams;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Upstreams;

public sealed class ReachabilityTests
{
    private readonly ManualTime _time = new();
    private readonly Reachability _reachability;

    public ReachabilityTests() => _reachability = new Reachability(_time);

    [Fact]
    public void IsLostOnceThreeAttemptsInARowCouldNotConnect()
    {
        Fail(2);
        Assert.False(_reachability.IsLost);

        Fail(1);
        Assert.True(_reachability.IsLost);
    }

    [Fact]
    public void OneConnectionMakesItWell()
    {
        Fail(5);
        _reachability.Connected();
        Assert.False(_reachability.IsLost);

        Fail(2);
        Assert.False(_reachability.IsLost);
    }

    [Fact]
    public void WhatAttemptsShowedIsForgottenAfterAWhile()
    {
        Fail(3);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(_reachability.IsLost);

        Fail(1);
        Assert.False(_reachability.IsLost);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
            _reachability.Failed();
    }
}
