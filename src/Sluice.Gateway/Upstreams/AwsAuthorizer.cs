using Sluice.Bedrock.Signing;

namespace Sluice.Gateway.Upstreams;

/// <summary>Signs requests to Bedrock with the credentials of a chain.</summary>
public sealed class AwsAuthorizer(string region, TimeProvider time, AwsCredentialChain chain) : IAuthorizer
{
    /// <summary>Bedrock's signing name, for the data plane and the control plane alike.</summary>
    private const string SigningName = "bedrock";

    private readonly SigV4Signer _signer = new();

    public bool ReplacesCaller => true;

    public async ValueTask AuthorizeAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        SigningCredentials found;
        try
        {
            found = await chain.FindAsync();
        }
        catch (NoAwsCredentialsException e)
        {
            throw new UpstreamException(UpstreamFailureKind.NoCredentials,
                $"No AWS credentials were found for region {region}: {e.Message} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or AWS_BEARER_TOKEN_BEDROCK, or give this machine a role.", e.InnerException);
        }

        Sign(request, found).AddTo(request.Add);
    }

    private SigV4Headers Sign(OutboundRequest request, SigningCredentials signer)
    {
        var target = request.Message.RequestUri!.PathAndQuery.AsSpan();
        var query = target.IndexOf('?');
        return _signer.SignHeaders(
            new SigV4Request
            {
                Method = request.Message.Method.Method,
                RawPath = query < 0 ? target : target[..query],
                RawQuery = query < 0 ? default : target[(query + 1)..],
                Headers = request.SignedFields().AsSpan(),
                Body = request.Body.Span,
            },
            signer, region, SigningName, time.GetUtcNow());
    }
}
