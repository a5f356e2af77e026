using System.Text;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>An invocation by itself, for a stage that is tried without the others.</summary>
internal sealed class LooseInvocation : IDisposable
{
    private readonly Upstream _upstream = new(
        new UpstreamOptions { Name = "test", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://localhost") }, new PassThroughAuthorizer());

    private LooseInvocation()
    {
        var body = Encoding.UTF8.GetBytes(Canned.ConverseRequest);
        var headers = new HeaderList { { "Content-Type", "application/json" } };
        Invocation = new Invocation
        {
            Id = "1",
            StartedAt = DateTimeOffset.UnixEpoch,
            StartTimestamp = 0,
            Request = new InvocationRequest
            {
                Method = "POST",
                Target = RequestTarget.Of(Canned.ConversePath),
                Operation = Operation.Converse,
                Model = ModelIdentifier.Parse(Canned.Model),
                Headers = headers,
                Body = body,
                Facts = RequestReader.Read(Operation.Converse, Canned.Model, headers.First, body),
            },
            Upstream = _upstream,
            Lifetime = new InvocationLifetime(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None),
        };
    }

    public Invocation Invocation { get; }

    public static LooseInvocation Converse() => new();

    public void Dispose()
    {
        Invocation.Dispose();
        Invocation.Lifetime.Dispose();
        _upstream.Dispose();
    }
}
