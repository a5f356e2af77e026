using System.Collections.Immutable;
using System.Text;
using BenchmarkDotNet.Attributes;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Upstreams;

namespace Sluice.Benchmarks.Levers;

/// <summary>What ten rules cost a call with a prompt of 2 KB that fits only the last of them, from its traits to the choice.</summary>
[MemoryDiagnoser]
public class RouteBenchmarks
{
    private const string Target = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";

    private static readonly string Body = $$$"""{"system":[{"text":"You are the assistant of a bank."}],"messages":[{"role":"user","content":[{"text":"{{{string.Concat(Enumerable.Repeat("Please look into the payment of last week. ", 46))}}}"}]}],"inferenceConfig":{"maxTokens":400}}""";

    private readonly Upstream _upstream = new(
        new UpstreamOptions { Name = "none", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://127.0.0.1:9"), Region = "us-east-1" }, new PassThroughAuthorizer());

    private readonly InvocationLifetime _lifetime = new(TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeProvider.System, CancellationToken.None);

    private readonly RouteChooser _ofShape = Chooser(
        [new() { Use = "large", Hint = "best" }, new() { Use = "large", Task = "legal*" }, new() { Use = "large", Tools = true }, new() { Use = "large", Images = true }, new() { Use = "large", Documents = true },
            new() { Use = "large", InputTokens = new CountRange(20_000, long.MaxValue) }, new() { Use = "large", Depth = new CountRange(9, long.MaxValue) }, new() { Use = "large", Streamed = true },
            new() { Use = "small", Hours = new HourRange(new TimeOnly(3, 0), new TimeOnly(3, 1)) }, new() { Use = "small" }]);

    private readonly RouteChooser _ofText = Chooser(
        [new() { Use = "large", Json = true }, new() { Use = "large", Keywords = ["refund", "lawsuit", "contract"] }, new() { Use = "large", Languages = ["de"] }, new() { Use = "small" }]);

    private Invocation _invocation = null!;

    [GlobalSetup]
    public void Setup()
    {
        var bytes = Encoding.UTF8.GetBytes(Body);
        var match = OperationTable.Match("POST", Target);
        _invocation = new Invocation
        {
            Id = "1",
            StartedAt = TimeProvider.System.GetUtcNow(),
            StartTimestamp = 0,
            Request = new InvocationRequest
            {
                Method = "POST",
                Target = RequestTarget.Of(Target),
                Operation = match.Operation,
                Model = ModelIdentifier.Parse("us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
                Headers = [],
                Body = bytes,
                Facts = RequestReader.Read(match.Operation, match.ModelIdentifier, _ => null, bytes),
            },
            Upstream = _upstream,
            Lifetime = _lifetime,
        };
        _ = _invocation.Outline;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _invocation.Dispose();
        _lifetime.Dispose();
        _upstream.Dispose();
    }

    [Benchmark]
    public RouteChoice TenRulesOfShape() => Choose(_ofShape);

    /// <summary>Keywords and language have the last message read.</summary>
    [Benchmark]
    public RouteChoice RulesThatReadTheText() => Choose(_ofText);

    private RouteChoice Choose(RouteChooser chooser)
    {
        using var traits = new RequestTraits(_invocation);
        return chooser.Choose(_invocation, traits, static _ => false);
    }

    private static RouteChooser Chooser(ImmutableArray<RouteRule> rules)
    {
        ImmutableArray<RouteCandidate> candidates = [new("small", ModelIdentifier.Parse("us.amazon.nova-lite-v1:0")), new("large", ModelIdentifier.Parse("us.anthropic.claude-sonnet-4-5-20250929-v1:0"))];
        return new RouteChooser(new ModelRoute { Name = "all", Scope = new LeverScope(), Candidates = candidates, Rules = rules }, router: null, PriceBook.Default, new WarmPlaces());
    }
}
