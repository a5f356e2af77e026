namespace Sluice.Core.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["upstream", "upstreams", "auth", "max_request_body", "limits", "levers", "spend", "savings", "Claude Sonnet", "Claude Haiku", "chat"];

    [Theory]
    [InlineData("upsteam", "upstream")]
    [InlineData("upstreem", "upstream")]
    [InlineData("puStream", "upstream")]
    [InlineData("Auth", "auth")]
    [InlineData("max-request-body", "max_request_body")]
    [InlineData("max_request_body_bytes", "max_request_body")]
    [InlineData("limit", "limits")]
    [InlineData("spedn", "spend")]
    [InlineData("SPEND", "spend")]
    [InlineData("saving", "savings")]
    [InlineData("claude sonnet", "Claude Sonnet")]
    [InlineData("Sonnet", "Claude Sonnet")]
    [InlineData("chta", "chat")]
    public void AMisspeltNameIsRecognised(string written, string meant) => Assert.Equal(meant, NearestName.Of(written, Known));

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("xyzzy")]
    [InlineData("\0\uD800")]
    public void WhatIsNearNothingIsNotGuessed(string written) => Assert.Null(NearestName.Of(written, Known));
}
