using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Insights.Alerting;

/// <summary>
/// JSON to an address of the owner's. The header <c>X-Sluice-Signature: t=SECONDS,v1=HEX</c> holds the time of sending in Unix
/// seconds and the HMAC-SHA256, under the shared secret, of that time, a dot and the body.
/// </summary>
internal sealed class WebhookChannel(ChannelOptions options, TimeProvider time) : IAlertChannel
{
    public const string SignatureHeader = "X-Sluice-Signature";
    public const string IdHeader = "X-Sluice-Alert-Id";

    public async Task SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        var body = message.ToJson();
        using var request = HttpPost.Request(new Uri(options.Url!.Reveal()), body, "application/json");
        request.Headers.TryAddWithoutValidation(IdHeader, message.Id);
        if (options.Secret is { } secret)
            request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(secret, body));
        await HttpPost.SendAsync(request, explain: null, cancellationToken);
    }

    private string Sign(SecretText secret, byte[] body)
    {
        var seconds = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(seconds), (byte)'.', .. body];
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret.Reveal()), signed);
        return $"t={seconds},v1={Convert.ToHexStringLower(mac)}";
    }
}
