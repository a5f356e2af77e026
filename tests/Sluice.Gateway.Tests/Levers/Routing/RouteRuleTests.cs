using System.Text;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Levers.Routing;

public sealed class RouteRuleTests
{
    private const string Plain = """{"messages":[{"role":"user","content":[{"text":"Please tell me where the refund for my order is."}]}]}""";
    private const string Json = """{"messages":[{"role":"user","content":[{"text":"Answer in JSON."}]}]}""";
    private const string Tools = """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object"}}}}]}}""";
    private const string Image = """{"messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"aGVsbG8="}}}]}]}""";
    private const string Deep = """{"messages":[{"role":"user","content":[{"text":"refund"}]},{"role":"assistant","content":[{"text":"Sure"}]},{"role":"user","content":[{"text":"Thanks"}]}]}""";

    public static TheoryData<string, RouteRule, string, bool> Cases => new()
    {
        { "always", new RouteRule { Use = "a" }, Plain, true },
        { "task", new RouteRule { Use = "a", Task = "tri*" }, Plain, true },
        { "other task", new RouteRule { Use = "a", Task = "chat" }, Plain, false },
        { "hint", new RouteRule { Use = "a", Hint = "Best" }, Plain, true },
        { "streamed", new RouteRule { Use = "a", Streamed = true }, Plain, false },
        { "tokens", new RouteRule { Use = "a", InputTokens = new CountRange(1, 100) }, Plain, true },
        { "too many tokens", new RouteRule { Use = "a", InputTokens = new CountRange(500, long.MaxValue) }, Plain, false },
        { "depth", new RouteRule { Use = "a", Depth = new CountRange(3, 3) }, Deep, true },
        { "tools", new RouteRule { Use = "a", Tools = true }, Tools, true },
        { "no tools", new RouteRule { Use = "a", Tools = false }, Tools, false },
        { "images", new RouteRule { Use = "a", Images = true }, Image, true },
        { "json", new RouteRule { Use = "a", Json = true }, Json, true },
        { "no json", new RouteRule { Use = "a", Json = true }, Plain, false },
        { "keywords", new RouteRule { Use = "a", Keywords = ["lawsuit", "REFUND"] }, Plain, true },
        { "keywords of the last message alone", new RouteRule { Use = "a", Keywords = ["refund"] }, Deep, false },
        { "language", new RouteRule { Use = "a", Languages = ["de", "en"] }, Plain, true },
        { "other language", new RouteRule { Use = "a", Languages = ["de"] }, Plain, false },
        { "hours", new RouteRule { Use = "a", Hours = new HourRange(new TimeOnly(11, 0), new TimeOnly(13, 0)) }, Plain, true },
        { "hours over midnight", new RouteRule { Use = "a", Hours = new HourRange(new TimeOnly(22, 0), new TimeOnly(6, 0)) }, Plain, false },
        { "both have to hold", new RouteRule { Use = "a", Task = "tri*", Tools = true }, Plain, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ARuleFitsWhereAllThatItNamesHolds(string because, RouteRule rule, string body, bool fits)
    {
        var headers = new HeaderList { { "x-sluice-tag-task", "triage" }, { RequestTraits.HintHeader, "best" } };
        var bytes = Encoding.UTF8.GetBytes(body);
        var match = OperationTable.Match("POST", "/model/a.b/converse");
        using var upstream = new Upstream(new UpstreamOptions { Name = "test", Kind = UpstreamKind.Url, Region = "us-east-1", BaseAddress = new Uri("http://localhost") }, new PassThroughAuthorizer());
        using var lifetime = new InvocationLifetime(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), new ManualTime(), CancellationToken.None);
        using var invocation = new Invocation
        {
            Id = "1",
            StartedAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            StartTimestamp = 0,
            Request = new InvocationRequest
            {
                Method = "POST",
                Target = RequestTarget.Of("/model/a.b/converse"),
                Operation = match.Operation,
                Model = ModelIdentifier.Parse("a.b"),
                Headers = headers,
                Body = bytes,
                Facts = RequestReader.Read(match.Operation, match.ModelIdentifier, headers.First, bytes),
            },
            Upstream = upstream,
            Lifetime = lifetime,
        };

        using var traits = new RequestTraits(invocation);
        Assert.True(rule.Fits(traits) == fits, because);
    }

    [Fact]
    public void ARuleSaysItselfAsItIsWritten() => Assert.Equal(
        "task triage, input_tokens >=100, tools no, language de|en, hours 22:00-06:00",
        new RouteRule { Use = "a", Task = "triage", InputTokens = new CountRange(100, long.MaxValue), Tools = false, Languages = ["de", "en"], Hours = new HourRange(new TimeOnly(22, 0), new TimeOnly(6, 0)) }.ToString());
}
