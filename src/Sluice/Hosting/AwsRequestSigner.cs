using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Sluice.Bedrock.Signing;
using Sluice.Insights.Alerting;

namespace Sluice.Hosting;

/// <summary>Signs requests for AWS services other than Bedrock, with the credentials that AWS's standard chain finds.</summary>
internal sealed class AwsRequestSigner(TimeProvider time, Func<Task<ImmutableCredentials>> credentials)
{
    private readonly SigV4Signer _signer = new();

    /// <summary>Signs with this process's own chain. It is looked up at the first request, so that a missing one stops nothing else.</summary>
    public static AwsRequestSigner OverDefaultChain(TimeProvider time)
    {
        var chain = new Lazy<AWSCredentials>(() => DefaultAWSCredentialsIdentityResolver.GetCredentials());
        return new AwsRequestSigner(time, () => chain.Value.GetCredentialsAsync());
    }

    /// <summary>The <see cref="SignRequest"/> of this process.</summary>
    public async Task SignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, string region, string service, CancellationToken cancellationToken)
    {
        ImmutableCredentials found;
        try
        {
            found = await credentials();
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or InvalidOperationException or IOException)
        {
            throw new DeliveryException($"No AWS credentials were found for {service} in {region}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or AWS_PROFILE, or give this machine a role.", innerException: e);
        }
        Sign(request, body.Span, new SigningCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null), region, service);
    }

    private void Sign(HttpRequestMessage request, ReadOnlySpan<byte> body, SigningCredentials credentials, string region, string service)
    {
        var address = request.RequestUri!;
        KeyValuePair<string, string>[] headers =
        [
            new("Host", address.IsDefaultPort ? address.Host : address.Authority),
            new("Content-Type", request.Content!.Headers.ContentType!.ToString()),
        ];
        var signed = _signer.SignHeaders(
            new SigV4Request { Method = request.Method.Method, RawPath = address.AbsolutePath, RawQuery = address.Query.TrimStart('?'), Headers = headers, Body = body },
            credentials, region, service, time.GetUtcNow());
        request.Headers.TryAddWithoutValidation("Authorization", signed.Authorization);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", signed.Date);
        if (signed.ContentSha256 is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Content-Sha256", signed.ContentSha256);
        if (signed.SecurityToken is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", signed.SecurityToken);
    }
}
