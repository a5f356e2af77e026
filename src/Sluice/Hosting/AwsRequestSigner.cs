using Sluice.Bedrock.Signing;
using Sluice.Gateway.Upstreams;
using Sluice.Insights.Alerting;

namespace Sluice.Hosting;

/// <summary>Signs requests for AWS services other than Bedrock.</summary>
internal sealed class AwsRequestSigner(TimeProvider time, AwsCredentialChain chain)
{
    private readonly SigV4Signer _signer = new();

    public static AwsRequestSigner OverDefaultChain(TimeProvider time) => new(time, AwsCredentialChain.Default());

    /// <summary>Signs all headers that the request has, which is complete otherwise.</summary>
    /// <exception cref="NoAwsCredentialsException">The chain has none.</exception>
    public async Task SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, string region, string service)
    {
        var credentials = await chain.FindAsync();
        Sign(request, body.Span, credentials, region, service).AddTo((name, value) => request.Headers.TryAddWithoutValidation(name, value));
    }

    /// <summary>The <see cref="SignRequest"/> of this process.</summary>
    /// <exception cref="DeliveryException">The chain has no credentials.</exception>
    public async Task SignAlertAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, string region, string service, CancellationToken cancellationToken)
    {
        try
        {
            await SignAsync(request, body, region, service);
        }
        catch (NoAwsCredentialsException e)
        {
            throw new DeliveryException($"No AWS credentials were found for {service} in {region}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or give this machine a role.", innerException: e);
        }
    }

    private SigV4Headers Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, SigningCredentials credentials, string region, string service)
    {
        var address = request.RequestUri!;
        var headers = new List<KeyValuePair<string, string>> { new("host", address.IsDefaultPort ? address.Host : address.Authority) };
        headers.AddRange(request.Headers.Select(h => KeyValuePair.Create(h.Key, string.Join(',', h.Value))));
        if (request.Content?.Headers.ContentType is { } type)
            headers.Add(new("content-type", type.ToString()));
        return _signer.SignHeaders(
            new SigV4Request
            {
                Method = request.Method.Method,
                RawPath = address.AbsolutePath,
                RawQuery = address.Query.AsSpan().TrimStart('?'),
                Headers = headers.ToArray(),
                Body = body,
            },
            credentials, region, service, time.GetUtcNow());
    }
}
