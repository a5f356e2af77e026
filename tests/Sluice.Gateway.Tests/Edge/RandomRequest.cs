using System.Text;
using static Sluice.Gateway.Tests.Harness.Canned;

namespace Sluice.Gateway.Tests.Edge;

/// <summary>A request of HTTP/1.1 as bytes, mostly near enough to a good one to get past the server's own parser.</summary>
internal static class RandomRequest
{
    private static readonly string[] Methods =
        ["POST", "POST", "POST", "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PRI", "post", "P\u00e9", "(", ""];

    private static readonly string[] Versions =
        [" HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.1", " HTTP/1.0", " HTTP/2.0", " HTTP/9", ""];

    private static readonly string[] Names =
    [
        "Host", "Content-Length", "Transfer-Encoding", "Content-Encoding", "Content-Type", "Authorization", "x-api-key", "Origin", "Connection", "Accept",
        "TE", "Trailer", "Via", "X-Forwarded-Host", "X-Amz-Date", "x-amzn-bedrock-trace", "x-sluice-app", "anthropic-beta", ":authority", "x y", "\u00e9", "", "x_",
    ];

    private static readonly string[] Values =
    [
        "", "0", "2", "-1", "+2", "2, 2", "99999999999999999999", "chunked", "identity", "gzip", "gzip, gzip", "br", "deflate", "zstd", "localhost", "127.0.0.1",
        "evil.example", "a:b", "Bearer x", "Bearer sluice.SLCEAAAAAAAAAAAAAAAA.x", "AWS4-HMAC-SHA256 Credential=", "close", "keep-alive", "Host", "Content-Length",
        "\u00e9\u00ff", "\u0001", "\u0000", "\u007f", "\t", "\rx", "\n x", "\ud800", "application/json",
    ];

    private static readonly string[] Bodies =
        ["{}", "{}", ConverseRequest, "", "2\r\n{}\r\n0\r\n\r\n", "0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "2;x=\"\r\n\"\r\n{}\r\n0\r\nHost: evil.example\r\n\r\n", "\u001f\u008b\b", "{\"model\":\"\u0000"];

    private static readonly string[] Paths = [ConversePath, StreamPath, "/v1/chat/completions", "/model/x/invoke"];

    public static byte[] Of(Random random)
    {
        var body = Pick(random, Bodies);
        var text = new StringBuilder()
            .Append(Pick(random, Methods)).Append(' ').Append(Target(random)).Append(Pick(random, Versions)).Append("\r\n");
        if (random.Next(8) > 0)
            text.Append("Host: localhost\r\n");
        if (random.Next(4) > 0)
            text.Append("Content-Length: ").Append(body.Length).Append("\r\n");
        else if (random.Next(2) > 0)
            text.Append("Transfer-Encoding: chunked\r\n");
        for (var more = random.Next(4); more > 0; more--)
            text.Append(Pick(random, Names)).Append(": ").Append(Pick(random, Values)).Append("\r\n");
        var encoding = random.Next(2) == 0 ? Encoding.UTF8 : Encoding.Latin1;
        return [.. encoding.GetBytes(text.Append("\r\n").ToString()), .. Encoding.Latin1.GetBytes(body)];
    }

    private static string Target(Random random) => random.Next(4) switch
    {
        0 => RandomTargets.Of(random),
        1 => "/" + RandomTargets.Of(random),
        2 => Pick(random, Paths) + RandomTargets.Of(random),
        _ => Pick(random, Paths),
    };

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
