namespace Sluice.Core.Tests;

public sealed class NearestNameTests
{
    private static readonly string[] Known = ["upstream", "upstreams", "auth", "max_request_body", "limits", "levers"];

    [Theory]
    [InlineData("upsteam", "upstream")]
    [InlineData("upstreem", "upstream")]
    [InlineData("puStream", "upstream")]
    [InlineData("Auth", "auth")]
    [InlineData("max-request-body", "max_request_body")]
    [InlineData("max_request_body_bytes", "max_request_body")]
    [InlineData("limit", "limits")]
    public void AMisspeltNameIsRecognised(string written, string meant) => Assert.Equal(meant, NearestName.Of(written, Known));

    [Theory]
    [InlineData("kubernetes")]
    [InlineData("x")]
    [InlineData("")]
    public void WhatIsNearNothingIsNotGuessed(string written) => Assert.Null(NearestName.Of(written, Known));
}
