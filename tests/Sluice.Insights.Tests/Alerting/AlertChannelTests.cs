using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Core.Alerts;
using Sluice.Insights.Alerting;
using Sluice.Insights.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Alerting;

/// <summary>Each channel against a real socket on loopback.</summary>
public sealed class AlertChannelTests : IAsyncDisposable
{
    private const string Secret = "a shared secret";

    private readonly ManualTime _time = new();
    private readonly HttpReceiver _receiver = new();

    private static Alert Budget { get; } = new()
    {
        Kind = AlertKind.Budget,
        Subject = "support \"2026\"",
        Occasion = "2026-11/80/1",
        Title = "The budget 'support' has used 80 % of $1,000 <ünd> more.",
        Advice = "Raise it or ask support & co. what happened.",
        At = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
        Facts = new Dictionary<string, string> { ["spent_usd"] = "801.5", ["limit_usd"] = "1000" },
    };

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task AWebhookGetsStableJsonWithASignatureThatItsReceiverCanCheck()
    {
        await SendAsync(Webhook());
        var got = await _receiver.NextAsync();

        Assert.Equal(("/hook/T0P-SECRET", "application/json"), (got.Path, got.Headers["Content-Type"]));
        Assert.Equal(
            """{"id":"ID","kind":"budget","subject":"support \"2026\"","occasion":"2026-11/80/1","title":"The budget 'support' has used 80 % of $1,000 <ünd> more.","advice":"Raise it or ask support & co. what happened.","at":"2026-11-21T12:00:00Z","facts":{"limit_usd":"1000","spent_usd":"801.5"}}""".Replace("ID", got.Headers["X-Sluice-Alert-Id"], StringComparison.Ordinal),
            got.Text);
        Assert.Equal(32, got.Headers["X-Sluice-Alert-Id"].Length);
        Assert.StartsWith($"t={_time.GetUtcNow().ToUnixTimeSeconds()},v1=", got.Headers["X-Sluice-Signature"], StringComparison.Ordinal);
        Assert.True(Check(Secret, got.Headers["X-Sluice-Signature"], got.Body));
    }

    [Fact]
    public async Task TheDocumentedCheckTellsAWrongSignatureFromARightOne()
    {
        await SendAsync(Webhook());
        var got = await _receiver.NextAsync();
        var signature = got.Headers["X-Sluice-Signature"];

        Assert.False(Check("another secret", signature, got.Body));
        Assert.False(Check(Secret, signature, [.. got.Body, (byte)' ']));
        Assert.False(Check(Secret, signature.Replace("t=1", "t=2", StringComparison.Ordinal), got.Body));
        // And the script of the document says the same.
        Assert.SkipWhen(Python() is null, "Python 3 is not on this machine's PATH");
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal("True", await RunDocumentedAsync(Secret, signature, got.Body, now));
        Assert.Equal("False", await RunDocumentedAsync("another secret", signature, got.Body, now));
        Assert.Equal("False", await RunDocumentedAsync(Secret, signature, [.. got.Body, (byte)' '], now));
        Assert.Equal("False", await RunDocumentedAsync(Secret, signature, got.Body, now + 301));
    }

    [Fact]
    public async Task ARefusalIsNamedWithoutTheAddressPath()
    {
        _receiver.Answer = (_, response) =>
        {
            response.StatusCode = 503;
            response.Headers["Retry-After"] = "120";
            return Task.CompletedTask;
        };
        var refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Webhook()));

        Assert.Equal(($"{_receiver.Address.Authority} answered 503.", TimeSpan.FromMinutes(2)), (refused.Message, refused.RetryAfter));
        await _receiver.StopAsync();
        var away = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Webhook()));
        Assert.DoesNotContain("T0P-SECRET", away.Message, StringComparison.Ordinal);
        Assert.Contains("can't be reached", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARedirectIsNotFollowed()
    {
        _receiver.Answer = (_, response) =>
        {
            response.Redirect("http://127.0.0.1:1/");
            return Task.CompletedTask;
        };
        Assert.Contains("answered 302", (await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Webhook()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlackGetsTextAndBlocksInWhichNothingIsMarkup()
    {
        await SendAsync(new ChannelOptions { Name = "chat", Type = ChannelType.Slack, Url = new SecretText(_receiver.Address.AbsoluteUri) });
        using var json = JsonDocument.Parse((await _receiver.NextAsync()).Body);

        Assert.Equal("The budget 'support' has used 80 % of $1,000 &lt;ünd&gt; more. What to do: Raise it or ask support &amp; co. what happened.", json.RootElement.GetProperty("text").GetString());
        var blocks = json.RootElement.GetProperty("blocks").EnumerateArray().Select(b => (b.GetProperty("type").GetString(), b.GetProperty("text").GetProperty("type").GetString(), b.GetProperty("text").GetProperty("text").GetString())).ToList();
        Assert.All(blocks, b => Assert.Equal(("section", "mrkdwn"), (b.Item1, b.Item2)));
        Assert.Equal("limit_usd: 1000\nspent_usd: 801.5\nbudget, 2026-11-21T12:00:00Z", blocks[2].Item3);
    }

    [Fact]
    public async Task SnsGetsASignedPublish()
    {
        var signed = new List<string>();
        SignRequest sign = (request, body, region, service, _) =>
        {
            signed.Add($"{region} {service} {body.Length}");
            request.Headers.TryAddWithoutValidation("Authorization", "signed");
            return Task.CompletedTask;
        };
        var channel = new ChannelOptions { Name = "topic", Type = ChannelType.Sns, Topic = "arn:aws:sns:eu-west-1:123456789012:alerts.fifo", Endpoint = _receiver.Address };
        await AlertOutbox.SendAsync(channel, Budget, sign, _time, TestContext.Current.CancellationToken);
        var got = await _receiver.NextAsync();
        var fields = got.Text.Split('&').Select(f => f.Split('=')).ToDictionary(f => f[0], f => Uri.UnescapeDataString(f[1]));

        Assert.Equal([$"eu-west-1 sns {got.Body.Length}"], signed);
        Assert.Equal(("signed", "application/x-www-form-urlencoded"), (got.Headers["Authorization"], got.Headers["Content-Type"]));
        Assert.Equal(("Publish", "2010-03-31", "arn:aws:sns:eu-west-1:123456789012:alerts.fifo", "budget"), (fields["Action"], fields["Version"], fields["TopicArn"], fields["MessageAttributes.entry.1.Value.StringValue"]));
        Assert.Equal("The budget 'support' has used 80 % of $1,000 <?nd> more.", fields["Subject"]);
        Assert.Contains("What to do: Raise it", fields["Message"], StringComparison.Ordinal);
        Assert.Equal(32, fields["MessageDeduplicationId"].Length);
    }

    [Fact]
    public async Task AnErrorOfSnsIsNamed()
    {
        _receiver.Answer = async (_, response) =>
        {
            response.StatusCode = 403;
            await response.OutputStream.WriteAsync("<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code></Error></ErrorResponse>"u8.ToArray());
        };
        var channel = new ChannelOptions { Name = "topic", Type = ChannelType.Sns, Topic = "arn:aws:sns:eu-west-1:123456789012:alerts", Endpoint = _receiver.Address };
        Assert.EndsWith("answered 403 (AuthorizationError).", (await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(channel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMailHasSubjectAdviceAndFacts()
    {
        await using var mail = new MailReceiver(login: ("sluice", "pässword")).Start();
        await SendAsync(Mail(mail.Port) with { UseTls = false, User = "sluice", Password = new SecretText("pässword") });
        var got = await mail.Mail;

        Assert.Contains("To: ops@example.com, night@example.com", got, StringComparison.Ordinal);
        Assert.Contains("Subject: =?utf-8?", got, StringComparison.Ordinal);
        Assert.Contains("X-Sluice-Alert-Id: ", got, StringComparison.Ordinal);
        var body = Body(got);
        Assert.Contains("What to do: Raise it or ask support & co. what happened.", body, StringComparison.Ordinal);
        Assert.Contains("limit_usd: 1000", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongLoginAndAServerWithoutStartTlsAreNamedWithoutThePassword()
    {
        await using var mail = new MailReceiver(login: ("sluice", "right")).Start();
        var refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Mail(mail.Port) with { UseTls = false, User = "sluice", Password = new SecretText("wr0ng") }));
        Assert.DoesNotContain("wr0ng", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith($"127.0.0.1:{mail.Port} did not take the mail:", refused.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Mail(mail.Port) with { User = "sluice", Password = new SecretText("right") }));
        Assert.False(mail.Mail.IsCompleted);
    }

    [Fact]
    public async Task StartTlsNeedsACertificateThatThisMachineTrustsBeforeTheLogin()
    {
        await using var mail = new MailReceiver(useTls: true, login: ("sluice", "right")).Start();
        var refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Mail(mail.Port) with { User = "sluice", Password = new SecretText("right") }));

        Assert.Contains("certificate", refused.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("STARTTLS", mail.Commands, StringComparison.Ordinal);
        Assert.DoesNotContain("AUTH", mail.Commands, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingPrintsASecretByAccident()
    {
        var channel = Webhook() with { Password = new SecretText("pw") };
        Assert.DoesNotContain("T0P-SECRET", channel.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, channel.ToString(), StringComparison.Ordinal);
    }

    private Task SendAsync(ChannelOptions channel) => AlertOutbox.SendAsync(channel, Budget, (_, _, _, _, _) => Task.CompletedTask, _time, TestContext.Current.CancellationToken);

    private ChannelOptions Webhook() => new() { Name = "ops", Type = ChannelType.Webhook, Url = new SecretText(_receiver.Address.AbsoluteUri), Secret = new SecretText(Secret) };

    private static ChannelOptions Mail(int port) => new() { Name = "mail", Type = ChannelType.Smtp, Host = "127.0.0.1", Port = port, From = "sluice@example.com", To = ["ops@example.com", "night@example.com"] };

    /// <summary>The check of docs/alerts.md, written once more.</summary>
    private static bool Check(string secret, string header, byte[] body)
    {
        var parts = header.Split(',').Select(p => p.Split('=')).ToDictionary(p => p[0], p => p[1]);
        byte[] signed = [.. Encoding.ASCII.GetBytes(parts["t"] + "."), .. body];
        return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed), Convert.FromHexString(parts["v1"]));
    }

    private static string Body(string mail)
    {
        var (head, body) = (mail[..mail.IndexOf("\n\n", StringComparison.Ordinal)], mail[(mail.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
        return head.Contains("base64", StringComparison.Ordinal)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(body))
            : WebUtility.UrlDecode(body.Replace("=\n", "", StringComparison.Ordinal).Replace("%", "%25", StringComparison.Ordinal).Replace('=', '%').Replace("+", "%2B", StringComparison.Ordinal));
    }

    private static string? Python() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, "python3")).FirstOrDefault(File.Exists);

    /// <summary>Runs the Python of docs/alerts.md as it stands there.</summary>
    private static async Task<string> RunDocumentedAsync(string secret, string header, byte[] body, long now)
    {
        var document = await File.ReadAllTextAsync(Path.Combine(SharedFolder.RepositoryRoot, "docs", "alerts.md"));
        var script = document.Split("```python\n")[1].Split("```")[0]
            + string.Create(CultureInfo.InvariantCulture, $"\nimport sys\nprint(is_from_sluice(sys.argv[1].encode(), sys.argv[2], bytes.fromhex(sys.argv[3]), {now}))\n");
        using var python = Process.Start(new ProcessStartInfo(Python()!, ["-c", script, secret, header, Convert.ToHexString(body)]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var printed = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return printed.Trim();
    }
}
