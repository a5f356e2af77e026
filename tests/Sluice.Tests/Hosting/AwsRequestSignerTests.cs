using System.Net.Http.Headers;
using System.Text;
using Amazon.Runtime;
using Sluice.Bedrock.Signing;
using Sluice.Gateway.Upstreams;
using Sluice.Hosting;
using Sluice.Insights.Alerting;
using Sluice.Testing;

namespace Sluice.Tests.Hosting;

public sealed class AwsRequestSignerTests
{
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData("https://sns.eu-west-1.amazonaws.com/", "sns.eu-west-1.amazonaws.com")]
    [InlineData("http://127.0.0.1:4566/", "127.0.0.1:4566")]
    public async Task WhatItSignsAwsVerifies(string address, string host)
    {
        var body = Encoding.ASCII.GetBytes("Action=Publish&Subject=80%20%25");
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded") } },
        };
        var signer = new AwsRequestSigner(_time, new AwsCredentialChain(() => Task.FromResult(new ImmutableCredentials("AKIDEXAMPLE", "a secret", "a session"))));
        await signer.SignAlertAsync(request, body, "eu-west-1", "sns", TestContext.Current.CancellationToken);

        var headers = request.Headers.Concat(request.Content.Headers).Select(h => new KeyValuePair<string, string>(h.Key, h.Value.Single())).Append(new("Host", host)).ToArray();
        Assert.True(SigV4Authorization.TryParse(request.Headers.GetValues("Authorization").Single(), out var authorization));
        Assert.Equal(("AKIDEXAMPLE", "eu-west-1", "sns"), (authorization!.AccessKeyId, authorization.Region, authorization.Service));
        Assert.True(authorization.Signs("host") && authorization.Signs("content-type") && authorization.Signs("x-amz-security-token"));
        var presented = new SigV4Request { Method = "POST", RawPath = "/", Headers = headers, Body = body };
        Assert.Equal(SignatureCheck.Valid, new SigV4Verifier().Verify(presented, authorization, "a secret", _time.GetUtcNow()));
        Assert.NotEqual(SignatureCheck.Valid, new SigV4Verifier().Verify(presented, authorization, "another secret", _time.GetUtcNow()));
    }

    [Fact]
    public async Task MissingCredentialsAreAFailedDelivery()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://sns.eu-west-1.amazonaws.com/") { Content = new ByteArrayContent([]) };
        var signer = new AwsRequestSigner(_time, new AwsCredentialChain(() => throw new AmazonClientException("none")));
        var failed = await Assert.ThrowsAsync<DeliveryException>(() => signer.SignAlertAsync(request, Array.Empty<byte>(), "eu-west-1", "sns", TestContext.Current.CancellationToken));
        Assert.Contains("AWS_PROFILE", failed.Message, StringComparison.Ordinal);
    }
}
