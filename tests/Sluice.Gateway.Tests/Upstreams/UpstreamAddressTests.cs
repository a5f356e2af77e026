using FsCheck.Fluent;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Tests.Edge;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Upstreams;

public sealed class UpstreamAddressTests
{
    public static TheoryData<UpstreamKind, string?, string[]> Upstreams => new()
    {
        { UpstreamKind.Aws, null, ["https://bedrock-runtime.eu-west-1.amazonaws.com:443", "https://bedrock-mantle.eu-west-1.api.aws:443"] },
        { UpstreamKind.Aws, "https://vpce-0a1b.bedrock-runtime.eu-west-1.vpce.amazonaws.com", ["https://vpce-0a1b.bedrock-runtime.eu-west-1.vpce.amazonaws.com:443"] },
        { UpstreamKind.Simulator, "http://127.0.0.1:8123", ["http://127.0.0.1:8123"] },
        { UpstreamKind.Url, "http://127.0.0.1", ["http://127.0.0.1:80"] },
        { UpstreamKind.Url, "http://[::1]:9000/below/here/", ["http://[::1]:9000"] },
        { UpstreamKind.Url, "https://user:secret@gateway.example:8443/x?y#z", ["https://gateway.example:8443"] },
    };

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void NoTargetChangesSchemeHostOrPort(UpstreamKind kind, string? address, string[] origins)
    {
        using var upstream = new Upstream(
            new UpstreamOptions { Name = "test", Kind = kind, Region = "eu-west-1", BaseAddress = address is null ? null : new Uri(address) }, new PassThroughAuthorizer());

        FsCheck.Check.One(RandomTargets.Config(5_000), Prop.ForAll(RandomTargets.Any.ToArbitrary(), raw =>
        {
            foreach (var text in new[] { raw, "/" + raw, "http://evil.example" + raw })
            {
                if (RequestTarget.TryParse(text, out var target, out _) && upstream.Address(target) is var uri)
                    Assert.Contains($"{uri.Scheme}://{uri.Host}:{uri.Port}", origins);
            }
        }));
    }

    [Fact]
    public void ThePathArrivesBelowTheBasePathAsItWasWritten()
    {
        using var upstream = new Upstream(
            new UpstreamOptions { Name = "test", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://user:secret@host.example/below/?x#y") }, new PassThroughAuthorizer());

        Assert.Equal("http://host.example/below/model/a%3A0/converse?q=%20", upstream.Address(RequestTarget.Of("/model/a%3A0/converse?q=%20")).AbsoluteUri);
        Assert.Equal("http://host.example/below", upstream.Origin);
    }
}
