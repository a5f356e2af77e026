using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Harness;

/// <summary>A small SMTP server on loopback, for one connection at a time.</summary>
/// <param name="useTls">Offers STARTTLS, with a certificate that it has made for itself.</param>
/// <param name="login">User and password that it asks for; null for nobody's.</param>
internal sealed class MailReceiver(bool useTls = false, (string User, string Password)? login = null) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<string> _mail = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _commands = new();
    private Task _serving = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The first mail, headers and body.</summary>
    public Task<string> Mail => _mail.Task.WaitAsync(HangGuard.Limit);

    /// <summary>Every line that the other side has said outside of mails.</summary>
    public string Commands
    {
        get { lock (_commands) return _commands.ToString(); }
    }

    public MailReceiver Start()
    {
        _listener.Start();
        _serving = ServeAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await ServeAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The other side has broken off.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        var (isSecret, isLoggedIn) = (false, login is null);
        await SayAsync(stream, "220 ready");
        while (await LineAsync(stream) is { } line)
        {
            lock (_commands)
                _commands.AppendLine(line);
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await SayAsync(stream, $"250-localhost\r\n{(useTls && !isSecret ? "250-STARTTLS\r\n" : "")}{(login is null ? "" : "250-AUTH LOGIN\r\n")}250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go ahead");
                    var tls = new SslStream(stream);
                    using (var certificate = Certificate())
                        await tls.AuthenticateAsServerAsync(certificate);
                    (stream, isSecret) = (tls, true);
                    break;
                case "AUTH":
                    await SayAsync(stream, "334 UGFzc3dvcmQ6");
                    var password = await LineAsync(stream);
                    isLoggedIn = line == $"AUTH login {Base64(login!.Value.User)}" && password == Base64(login.Value.Password);
                    await SayAsync(stream, isLoggedIn ? "235 welcome" : "535 wrong");
                    break;
                case "DATA" when isLoggedIn:
                    await SayAsync(stream, "354 go on");
                    var mail = new StringBuilder();
                    while (await LineAsync(stream) is { } text && text != ".")
                        mail.AppendLine(text);
                    await SayAsync(stream, "250 taken");
                    _mail.TrySetResult(mail.ToString());
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, isLoggedIn ? "250 ok" : "530 log in first");
                    break;
            }
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task SayAsync(Stream stream, string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));

    private static async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }
}
