using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Sluice.Bedrock.Signing;

namespace Sluice.Commands.Import.Pulling;

/// <summary>AWS Signature Version 4, with the credentials that AWS's standard chain finds.</summary>
internal sealed class AwsAccess(string service, string region, TimeProvider time, Func<Task<ImmutableCredentials>> credentials) : IPullAccess
{
    private readonly SigV4Signer _signer = new();

    public string Needs => "the credentials must be allowed ce:GetCostAndUsage; set AWS_PROFILE or others that are";

    public static AwsAccess OverDefaultChain(string service, string region, TimeProvider time)
    {
        var chain = new Lazy<AWSCredentials>(() => DefaultAWSCredentialsIdentityResolver.GetCredentials());
        return new AwsAccess(service, region, time, () => chain.Value.GetCredentialsAsync());
    }

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, byte[]? body)
    {
        ImmutableCredentials found;
        try
        {
            found = await credentials();
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or InvalidOperationException or IOException)
        {
            throw new CouldNotRunException($"No AWS credentials were found: {e.Message} Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role.", e);
        }
        var address = request.RequestUri!;
        var headers = new List<KeyValuePair<string, string>> { new("host", address.IsDefaultPort ? address.Host : address.Authority) };
        headers.AddRange(request.Headers.Select(h => KeyValuePair.Create(h.Key, string.Join(',', h.Value))));
        if (request.Content?.Headers.ContentType is { } type)
            headers.Add(new("content-type", type.ToString()));
        var signed = Sign(request, address, body, [.. headers], new SigningCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null));
        request.Headers.TryAddWithoutValidation("Authorization", signed.Authorization);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", signed.Date);
        if (signed.ContentSha256 is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Content-Sha256", signed.ContentSha256);
        if (signed.SecurityToken is not null)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", signed.SecurityToken);
    }

    private SigV4Headers Sign(HttpRequestMessage request, Uri address, byte[]? body, KeyValuePair<string, string>[] headers, SigningCredentials signer) => _signer.SignHeaders(
        new SigV4Request
        {
            Method = request.Method.Method,
            RawPath = address.AbsolutePath,
            RawQuery = address.Query.AsSpan().TrimStart('?'),
            Headers = headers,
            Body = body,
        },
        signer, region, service, time.GetUtcNow());
}
