using System.Globalization;
using System.Text;
using Sluice.Bedrock.Signing;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>A request as it was on the wire, header values as Latin-1.</summary>
internal sealed record WireRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string[] Values(string name) => [.. Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value)];

    public string[] SignedHeaders => Values("Authorization")[0].Split("SignedHeaders=")[1].Split(',')[0].Split(';');

    /// <summary>Everything but the body, to look for what must not have left.</summary>
    public string Head => $"{Method} {Target}\n{string.Join('\n', Headers.Select(h => $"{h.Key}: {h.Value}"))}";

    public SignatureCheck Verify(string secret)
    {
        Assert.True(SigV4Authorization.TryParse(Assert.Single(Values("Authorization")), out var authorization));
        var query = Target.IndexOf('?');
        var request = new SigV4Request
        {
            Method = Method,
            RawPath = query < 0 ? Target : Target[..query],
            RawQuery = query < 0 ? "" : Target[(query + 1)..],
            Headers = Headers.ToArray(),
            Body = Body,
        };
        return new SigV4Verifier().Verify(request, authorization!, secret, TimeProvider.System.GetUtcNow());
    }

    /// <summary>Null where the other side has closed instead.</summary>
    public static async Task<WireRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!(head.Count > 3 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n'))
        {
            if (await stream.ReadAsync(one, cancellationToken) == 0)
                return null;
            head.Add(one[0]);
        }
        var lines = Encoding.Latin1.GetString([.. head]).TrimEnd().Split("\r\n");
        var first = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(l => KeyValuePair.Create(l[..l.IndexOf(':')], l[(l.IndexOf(':') + 1)..].Trim(' ', '\t'))).ToList();
        var length = headers.Find(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value ?? "0";
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return new WireRequest(first[0], first[1], headers, body);
    }
}
