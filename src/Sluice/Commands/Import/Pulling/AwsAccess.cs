using Sluice.Gateway.Upstreams;
using Sluice.Hosting;

namespace Sluice.Commands.Import.Pulling;

/// <summary>AWS Signature Version 4.</summary>
internal sealed class AwsAccess(string service, string region, AwsRequestSigner signer) : IPullAccess
{
    public string Needs => "the credentials must be allowed ce:GetCostAndUsage; set AWS_PROFILE or others that are";

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, byte[]? body)
    {
        try
        {
            await signer.SignAsync(request, body, region, service);
        }
        catch (NoAwsCredentialsException e)
        {
            throw new CouldNotRunException($"No AWS credentials were found: {e.Message} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role.", e);
        }
    }
}
