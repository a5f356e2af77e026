using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Sluice.Bedrock.Signing;

namespace Sluice.Gateway.Upstreams;

/// <summary>
/// Signs with the credentials that AWS's standard chain finds: environment, web identity, profile, SSO, container, instance.
/// The chain is asked for each request; it caches and renews what it hands out.
/// </summary>
public sealed class AwsAuthorizer(string region, TimeProvider time, Func<Task<ImmutableCredentials>> credentials) : IAuthorizer
{
    /// <summary>Bedrock's signing name, for the data plane and the control plane alike.</summary>
    private const string SigningName = "bedrock";

    private readonly SigV4Signer _signer = new();

    /// <summary>Signs with this process's own chain. It is looked up at the first call, so that a missing one does not stop the start.</summary>
    public static AwsAuthorizer OverDefaultChain(string region, TimeProvider time)
    {
        var chain = new Lazy<AWSCredentials>(() => DefaultAWSCredentialsIdentityResolver.GetCredentials());
        return new AwsAuthorizer(region, time, () => chain.Value.GetCredentialsAsync());
    }

    public async ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        ImmutableCredentials found;
        try
        {
            found = await credentials();
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or InvalidOperationException or IOException)
        {
            throw new UpstreamException(UpstreamFailureKind.NoCredentials,
                $"No AWS credentials were found for region {region}: {e.Message} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or AWS_BEARER_TOKEN_BEDROCK, or give this machine a role.", e);
        }

        CallerCredentials.Strip(request.Headers);
        var signed = Sign(request, new SigningCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null));
        request.Headers.Add("Authorization", signed.Authorization);
        request.Headers.Add("X-Amz-Date", signed.Date);
        if (signed.ContentSha256 is not null)
            request.Headers.Add("X-Amz-Content-Sha256", signed.ContentSha256);
        if (signed.SecurityToken is not null)
            request.Headers.Add("X-Amz-Security-Token", signed.SecurityToken);
    }

    private SigV4Headers Sign(OutboundRequest request, SigningCredentials signer)
    {
        // The host is the connection's and not in the list, yet every signature covers it.
        var headers = new HeaderList(request.Headers.Count + 1);
        foreach (var (name, value) in request.Headers)
            headers.Add(name, value);
        headers.Add("Host", request.Address.IsDefaultPort ? request.Address.Host : request.Address.Authority);
        var target = request.Address.PathAndQuery.AsSpan();
        var query = target.IndexOf('?');
        return _signer.SignHeaders(
            new SigV4Request
            {
                Method = request.Method,
                RawPath = query < 0 ? target : target[..query],
                RawQuery = query < 0 ? default : target[(query + 1)..],
                Headers = headers.AsSpan(),
                Body = request.Body.Span,
            },
            signer, region, SigningName, time.GetUtcNow());
    }
}
