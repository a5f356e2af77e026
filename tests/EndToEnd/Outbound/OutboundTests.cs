using System.Collections.Immutable;
using System.Net;
using Amazon.Runtime;
using EndToEnd.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Stages.Sending;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;

namespace EndToEnd.Outbound;

/// <summary>
/// What the gateway sends to AWS on behalf of a caller is, byte by byte and up to the signature, what the AWS SDK for
/// JavaScript would have sent for the same call by itself with the same clock and the gateway's credentials.
/// </summary>
public sealed class OutboundTests(NodeClients node)
{
    private const string Region = "us-east-1";
    private const string KeyId = "ASIAEXAMPLEEXAMPLE00";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset At = new(2026, 11, 21, 12, 34, 56, TimeSpan.Zero);
    private static readonly string Clock = At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ");

    /// <summary>
    /// The SDK also tells its features in <c>user-agent</c>: one letter says where its credentials are from, and it differs
    /// where the endpoint is not AWS's own. No signature covers it. The rest is compared.
    /// </summary>
    private const string UserAgent = "user-agent";

    [Theory]
    [InlineData(null)]
    [InlineData("IQoJb3JpZ2luX2VjEXAMPLE//////////+token==")]
    public async Task SendsWhatTheSdkItselfWouldSend(string? sessionToken)
    {
        var expected = (await node.RunAsync("aws-outbound.mjs", ["alone", Clock, KeyId, Secret, .. sessionToken is null ? Array.Empty<string>() : [sessionToken]]))
            .Select(CapturedCall.Parse).ToList();
        Assert.NotEmpty(expected);

        await using var aws = await AwsEdge.StartAsync();
        await using var gateway = await GatewayToAws.StartAsync(sessionToken);
        var errors = await node.RunAsync("aws-outbound.mjs", "through", gateway.Address, Clock, gateway.Key.Key.KeyId, gateway.Key.Secret);

        var sent = aws.Calls.ToList();
        Assert.True(expected.Count == sent.Count, $"{sent.Count} of {expected.Count} calls left; the SDK says: {string.Join('\n', errors)}");
        Assert.All(expected.Zip(sent), pair => AssertSame(pair.First, pair.Second));
    }

    private static void AssertSame(CapturedCall expected, CapturedCall sent)
    {
        Assert.Equal((expected.Name, expected.Method, expected.Target), (expected.Name, sent.Method, sent.Target));
        Assert.Equal(expected.Body, sent.Body);
        var agent = sent.Headers[UserAgent];
        Assert.Equal(WithoutFeatures(expected.Headers[UserAgent]), WithoutFeatures(agent));
        expected.Headers.Remove(UserAgent);
        sent.Headers.Remove(UserAgent);
        Assert.Equal(expected.Headers, sent.Headers);
    }

    private static string WithoutFeatures(string userAgent) => userAgent[..userAgent.IndexOf(" m/", StringComparison.Ordinal)];

    /// <summary>The gateway as <c>serve --upstream aws</c> makes it, but for clock and credentials, which are held.</summary>
    private sealed class GatewayToAws : IAsyncDisposable
    {
        private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-outbound-");
        private readonly GatewayMetrics _metrics = new();
        private WebApplication _application = null!;
        private Upstream _upstream = null!;

        public string Address => _application.Urls.First();

        public Sluice.Gateway.Keys.IssuedKey Key { get; private set; } = null!;

        public static async Task<GatewayToAws> StartAsync(string? sessionToken)
        {
            var time = new ManualTime(At);
            var gateway = new GatewayToAws();
            var keys = KeyRing.Open(gateway._data.FullName, time);
            gateway.Key = keys.Create(ImmutableSortedDictionary<string, string>.Empty.Add("app", "outbound"), admin: false, new KeyPermissions { Stateful = true });
            var credentials = new ImmutableCredentials(KeyId, Secret, sessionToken);
            gateway._upstream = new Upstream(
                // Without TLS, so that the capturing proxy can read it; a signature does not cover the scheme.
                new UpstreamOptions { Name = "aws", Kind = UpstreamKind.Aws, Region = Region, BaseAddress = new Uri($"http://bedrock-runtime.{Region}.amazonaws.com") },
                new AwsAuthorizer(Region, time, new AwsCredentialChain(() => Task.FromResult(credentials))));
            var models = new ModelResolver(new Dictionary<string, string>(), time, NullLogger<ModelResolver>.Instance);
            var recorder = new Recorder(
                new NoLedger(), PriceBook.Default, models, new RecordOptions(), gateway._metrics, time, NullLogger<Recorder>.Instance);
            var snapshot = new GatewaySnapshot
            {
                Pipeline = new Pipeline(
                    new IdentifyStage(keys, AuthMode.Required, time, NullLogger<IdentifyStage>.Instance),
                    new RecordStage(recorder, new RecordOptions(), NullLogger<RecordStage>.Instance),
                    levers: null,
                    new RetryStage(new RetryOptions { MaxAttempts = 1 }, time, new Random(1)),
                    new LimitStage(new LimitOptions(), book: null, models, gateway._metrics, raise: null, time, NullLogger<LimitStage>.Instance),
                    new SendStage(time)),
                DefaultUpstream = gateway._upstream,
            };
            var endpoint = new GatewayEndpoint(new GatewaySnapshots(snapshot), time, NullLogger<GatewayEndpoint>.Instance);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            // The SDK speaks HTTP/2 by prior knowledge where there is no TLS.
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
            gateway._application = builder.Build();
            gateway._application.Run(context =>
            {
                // The SDK sets its own clock by the server's, so the server has to show the same time.
                context.Response.Headers.Date = At.ToString("R");
                return endpoint.HandleAsync(context);
            });
            await gateway._application.StartAsync();
            return gateway;
        }

        public async ValueTask DisposeAsync()
        {
            await _application.DisposeAsync();
            _upstream.Dispose();
            _metrics.Dispose();
            _data.Delete(recursive: true);
        }
    }

    private sealed class NoLedger : ILedgerWriter
    {
        public void Open(InvocationRecord intent) { }

        public void Close(InvocationRecord record) { }
    }
}
