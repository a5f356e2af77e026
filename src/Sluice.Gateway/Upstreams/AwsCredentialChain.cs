using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Sluice.Bedrock.Signing;

namespace Sluice.Gateway.Upstreams;

/// <summary>
/// The credentials that AWS's standard chain finds: environment, web identity, profile, SSO, container, instance. It is asked for
/// each request; it caches and renews what it hands out.
/// </summary>
public sealed class AwsCredentialChain(Func<Task<ImmutableCredentials>> credentials)
{
    /// <summary>This process's own chain. It is looked up at the first request, so that a missing one does not stop the start.</summary>
    public static AwsCredentialChain Default()
    {
        var chain = new Lazy<AWSCredentials>(() => DefaultAWSCredentialsIdentityResolver.GetCredentials());
        return new AwsCredentialChain(() => chain.Value.GetCredentialsAsync());
    }

    /// <exception cref="NoAwsCredentialsException">The chain has none.</exception>
    public async Task<SigningCredentials> FindAsync()
    {
        try
        {
            var found = await credentials();
            return new SigningCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or InvalidOperationException or IOException)
        {
            throw new NoAwsCredentialsException(e);
        }
    }
}

/// <summary>AWS's chain has no credentials; the message is its own, and who asked says what to do.</summary>
public sealed class NoAwsCredentialsException(Exception cause) : Exception(cause.Message, cause);
