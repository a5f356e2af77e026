using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>
/// What <c>@aws-sdk/client-bedrock-runtime</c> 3.1162.0 for JavaScript sent, and signed, with these made-up credentials and
/// its clock held at <see cref="At"/>.
/// </summary>
internal static class SdkCalls
{
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string SessionToken = "IQoJb3JpZ2luX2VjEXAMPLE//////////+token==";
    public static readonly DateTimeOffset At = new(2026, 11, 21, 12, 34, 56, TimeSpan.Zero);

    public static readonly SdkCall Converse = new(
        new SigningCredentials("AKIDEXAMPLE", Secret), "us-east-1",
        new WireRequest(
            "POST", "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse", "",
            [
                new("content-type", "application/json"),
                new("content-length", "68"),
                new("x-amz-user-agent", "aws-sdk-js/3.1162.0"),
                new("user-agent", "aws-sdk-js/3.1162.0 ua/2.1"),
                new("host", "bedrock-runtime.us-east-1.amazonaws.com"),
                new("amz-sdk-invocation-id", "c62afd8f-5977-4b09-b930-0d0f391ebca0"),
                new("amz-sdk-request", "attempt=1; max=1"),
            ],
            """{"messages":[{"role":"user","content":[{"text":"Hello, Grüße"}]}]}"""u8.ToArray()),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/bedrock/aws4_request, "
            + "SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-user-agent, "
            + "Signature=37f89b32cd875c545a82e2ad6f569001169a86865f136ac4cf609fc6df4e887e",
        "ba50a4cb45127d55bb60460551c213078683f8478c4a6fcf5ff9423e31f357e2");

    /// <summary>Sent over HTTP/2, as the SDK does by default: it signs the host as <c>:authority</c>, and servers hand it on as host.</summary>
    public static readonly SdkCall ConverseOverHttp2 = new(
        new SigningCredentials("AKIDEXAMPLE", Secret), "us-east-1",
        new WireRequest(
            "POST", "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse", "",
            [
                new("content-type", "application/json"),
                new("content-length", "127"),
                new("x-amz-user-agent", "aws-sdk-js/3.1162.0"),
                new("user-agent", "aws-sdk-js/3.1162.0 ua/2.1"),
                new("host", "127.0.0.1:18080"),
                new("amz-sdk-invocation-id", "c62afd8f-5977-4b09-b930-0d0f391ebca0"),
                new("amz-sdk-request", "attempt=1; max=1"),
            ],
            """{"messages":[{"role":"user","content":[{"text":"Grüße an 🌍, \"quoted\" & <tagged>"}]}],"requestMetadata":{"app":"triage"}}"""u8.ToArray()),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/bedrock/aws4_request, "
            + "SignedHeaders=:authority;amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;x-amz-content-sha256;x-amz-date;x-amz-user-agent, "
            + "Signature=fc4aeacd71fd4d24ad0c80ca4c4c065c61235037345024c9253fc3743fcdcd07",
        "fed0c11150afbd11c583bfee2225a640d9900965d35361b125438f8550f9ed62");

    public static readonly SdkCall InvokeStreamOnProfileArn = new(
        new SigningCredentials("ASIAEXAMPLE", Secret, SessionToken), "eu-west-1",
        new WireRequest(
            "POST",
            "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aapplication-inference-profile%2Fa1b2c3d4e5f6/invoke-with-response-stream", "",
            [
                new("content-type", "application/json"),
                new("x-amzn-bedrock-accept", "application/json"),
                new("x-amzn-bedrock-request-metadata", """{"app":"triage"}"""),
                new("content-length", "71"),
                new("x-amz-user-agent", "aws-sdk-js/3.1162.0"),
                new("user-agent", "aws-sdk-js/3.1162.0 ua/2.1"),
                new("host", "bedrock-runtime.eu-west-1.amazonaws.com"),
                new("amz-sdk-invocation-id", "aade2f39-adcb-416e-9ce7-af9920e62863"),
                new("amz-sdk-request", "attempt=1; max=1"),
            ],
            """{"anthropic_version":"bedrock-2023-05-31","max_tokens":8,"messages":[]}"""u8.ToArray()),
        "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261121/eu-west-1/bedrock/aws4_request, "
            + "SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;x-amz-content-sha256;x-amz-date;"
            + "x-amz-security-token;x-amz-user-agent;x-amzn-bedrock-accept;x-amzn-bedrock-request-metadata, "
            + "Signature=a4a6811ea5e1092494534f3d942294ea7553f5f6a2f762dbb5fd4911f08afede",
        "f413f294910efc9802bf3b035415d71b94ecc2c58a8358ef7d8b923df3528b88");

    public static readonly SdkCall ListAsyncInvokes = new(
        new SigningCredentials("ASIAEXAMPLE", Secret, SessionToken), "us-west-2",
        new WireRequest(
            "GET", "/async-invoke", "maxResults=5&nextToken=a%2Fb%2Bc%3D%3D&statusEquals=Completed",
            [
                new("x-amz-user-agent", "aws-sdk-js/3.1162.0"),
                new("user-agent", "aws-sdk-js/3.1162.0 ua/2.1"),
                new("host", "bedrock-runtime.us-west-2.amazonaws.com"),
                new("amz-sdk-invocation-id", "93589e06-157c-486b-b247-3384c3501920"),
                new("amz-sdk-request", "attempt=1; max=1"),
            ],
            []),
        "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261121/us-west-2/bedrock/aws4_request, "
            + "SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-user-agent, "
            + "Signature=e5af1b8b7000d590d6dd44899e82718dbbf7f000602d57d12cca890bd32149ac",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");

    /// <summary>
    /// A short-term API key for us-west-2 and twelve hours, from the same clock: made of what @smithy/signature-v4 presigned, in
    /// the way of @aws/bedrock-token-generator.
    /// </summary>
    public static readonly string ShortTermKey = "bedrock-api-key-" + Convert.ToBase64String(Encoding.UTF8.GetBytes(
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=ASIAEXAMPLE%2F20261121%2Fus-west-2%2Fbedrock%2Faws4_request&X-Amz-Date=20261121T123456Z&X-Amz-Expires=43200"
        + "&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE%2F%2F%2F%2F%2F%2F%2F%2F%2F%2F%2Btoken%3D%3D"
        + "&X-Amz-Signature=76eae6a64f807b274a5c2df541fae3d5b449c1646799533a8fb1f5967e3ed32a&X-Amz-SignedHeaders=host&Version=1"));
}

internal sealed record SdkCall(
    SigningCredentials Credentials, string Region, WireRequest Request, string Authorization, string ContentSha256)
{
    /// <summary>The request as it arrives, signature included.</summary>
    public WireRequest Signed => Request with
    {
        Headers =
        [
            .. Request.Headers,
            new("X-Amz-Date", "20261121T123456Z"),
            new("X-Amz-Content-Sha256", ContentSha256),
            new("X-Amz-Security-Token", Credentials.SessionToken ?? ""),
            new("Authorization", Authorization),
        ],
    };
}
