using FsCheck.Fluent;
using Sluice.Gateway.Edge;

namespace Sluice.Gateway.Tests.Edge;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/model/us.amazon.nova-lite-v1%3A0/converse?a=%20b&c")]
    [InlineData("/model/arn:aws:bedrock:us-east-1:1:inference-profile/us.x/converse")]
    [InlineData("//evil.example/x")]
    [InlineData("/?next=http://evil.example/../x")]
    [InlineData("/v1/models?after=%0A")]
    public void TheOriginFormIsKeptAsItIs(string raw) => Assert.Equal(raw, RequestTarget.Of(raw).Text);

    [Theory]
    [InlineData("http://evil.example/model/x/converse?q=1", "/model/x/converse?q=1")]
    [InlineData("HTTPS://evil.example:444/x", "/x")]
    [InlineData("http://user:pass@evil.example/", "/")]
    [InlineData("http://evil.example", "/")]
    [InlineData("http://evil.example?q=/x", "/?q=/x")]
    [InlineData("http://evil.example//x", "//x")]
    public void OfTheAbsoluteFormOnlyPathAndQueryAreLeft(string raw, string kept) => Assert.Equal(kept, RequestTarget.Of(raw).Text);

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("model/x/converse")]
    [InlineData("evil.example:443")]
    [InlineData("0:8080")]
    [InlineData(".evil.example/x")]
    [InlineData("@evil.example/x")]
    [InlineData(":443")]
    [InlineData("\\evil.example")]
    [InlineData("http:///x")]
    [InlineData("http://")]
    [InlineData("ftp://evil.example/x")]
    [InlineData("/\\evil.example")]
    [InlineData("/x#y")]
    [InlineData("/x y")]
    [InlineData("/x\ty")]
    [InlineData("/caf\u00e9")]
    [InlineData("/model/x%0d%0ay/converse")]
    [InlineData("/model/x%00/converse")]
    [InlineData("/model/x%C2%85/converse")]
    [InlineData("/model/x%5cy/converse")]
    [InlineData("/model/../async-invoke")]
    [InlineData("/model/a/./b/converse")]
    [InlineData("/model/%2e%2E/converse")]
    [InlineData("/model/a%2F..%2Fb/converse")]
    [InlineData("/..")]
    public void WhatNamesAHostOrCouldBeReadAsAnotherPathIsRefused(string raw)
    {
        Assert.False(RequestTarget.TryParse(raw, out var target, out var mistake));
        Assert.Null(target);
        Assert.EndsWith(".", mistake, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RequestTarget.Of(raw));
    }

    [Fact]
    public void WhateverIsTakenBeginsWithASlashAndIsTakenAgain() => FsCheck.Check.One(RandomTargets.Config(20_000), Prop.ForAll(RandomTargets.Any.ToArbitrary(), raw =>
        !RequestTarget.TryParse(raw, out var target, out _)
        || (target.Text[0] == '/' && RequestTarget.Of(target.Text) == target && raw.EndsWith(target.Text == "/" ? "" : target.Text.TrimStart('/'), StringComparison.Ordinal)
            && (target.Query.IsEmpty ? target.Text.TrimEnd('?') : $"{target.Path}?{target.Query}") == (target.Query.IsEmpty ? target.Path.ToString() : target.Text))));
}
