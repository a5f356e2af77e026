using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.Api;

namespace Sluice.Tests.Api;

public sealed class RangeTests
{
    [Theory]
    [InlineData(null, "9999-12-31T23:59:59Z", "to is '9999-12-31T23:59:59Z'")]
    [InlineData("0001-01-01", null, "from is '0001-01-01'")]
    [InlineData("0001-01-01T00:00:00+14:00", null, "from is")]
    [InlineData("1999-12-31", null, "2000 to 2200")]
    [InlineData("soon", null, "from is 'soon'")]
    [InlineData("2026-11-02", "2026-11-01", "is after to")]
    public void MistakesNameTheParameter(string? from, string? to, string part)
    {
        Assert.False(SluiceApi.TryRange(Query(from, to), out _, out _, out var mistake));
        Assert.Contains(part, mistake);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("2026-11-01", "2026-12-01T12:00:00Z")]
    [InlineData("2026-11-01", "2026-11-01")]
    public void OrdinaryRangesAreTaken(string? from, string? to) => Assert.True(SluiceApi.TryRange(Query(from, to), out _, out _, out _));

    private static QueryCollection Query(string? from, string? to) =>
        new(new Dictionary<string, StringValues> { ["from"] = from, ["to"] = to });
}
