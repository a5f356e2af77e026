using Sluice.Testing;

namespace Sluice.Gateway.Tests;

public sealed class InvocationLifetimeTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly CancellationTokenSource _caller = new();

    public void Dispose() => _caller.Dispose();

    [Fact]
    public void EndsWhenTheUpstreamIsSilentForTooLong()
    {
        using var lifetime = Lifetime();

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(lifetime.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(lifetime.Token.IsCancellationRequested);
    }

    [Fact]
    public void EachFrameRenewsIt()
    {
        using var lifetime = Lifetime();

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            lifetime.Renew();
        }
        Assert.False(lifetime.Token.IsCancellationRequested);
    }

    [Fact]
    public void OutlivesItsCallerByTheDrainLimitAndNoLonger()
    {
        using var lifetime = Lifetime();

        _caller.Cancel();
        Assert.True(lifetime.IsDraining);
        _time.Advance(TimeSpan.FromSeconds(9));
        lifetime.Renew();
        Assert.False(lifetime.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(lifetime.Token.IsCancellationRequested);
    }

    private InvocationLifetime Lifetime() => new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10), _time, _caller.Token);
}
