namespace Sluice.Bedrock.Signing;

public sealed class SigningKeyCacheTests
{
    private static readonly SigningScope Scope = new(SdkCalls.At.UtcDateTime, "us-east-1", "bedrock");

    [Fact]
    public void KeepsAKeyForItsDayRegionServiceAndSecret()
    {
        var keys = new SigningKeyCache();
        var key = new byte[32];
        Assert.False(keys.GetOrDerive("secret", Scope, key));
        keys.Keep("secret", Scope, key);
        var kept = new byte[32];
        Assert.True(keys.GetOrDerive("secret", Scope with { Utc = Scope.Utc.AddHours(11) }, kept));
        Assert.Equal(key, kept);
        foreach (var (secret, other) in new[]
        {
            ("other", Scope), ("secret", Scope with { Region = "us-east-2" }), ("secret", Scope with { Service = "sts" }),
            ("secret", Scope with { Utc = Scope.Utc.AddDays(1) }),
        })
        {
            Assert.False(keys.GetOrDerive(secret, other, kept));
            Assert.NotEqual(key, kept);
        }
    }

    [Fact]
    public void NeverHoldsMoreThanItsCapacity()
    {
        var keys = new SigningKeyCache(capacity: 4);
        for (var i = 0; i < 100; i++)
        {
            keys.Keep($"secret {i}", Scope, new byte[32]);
            Assert.InRange(keys.Count, 1, 4);
        }
    }
}
