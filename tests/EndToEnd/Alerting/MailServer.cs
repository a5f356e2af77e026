using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EndToEnd.Alerting;

/// <summary>A mail server that takes mails after STARTTLS and a login alone, with a certificate that nobody has signed but itself.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = SelfSigned();
    private readonly List<string> _mails = [];

    public MailServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>What was said before the connection was secured.</summary>
    public List<string> InClear { get; } = [];

    /// <summary>User and password of the last login.</summary>
    public (string User, string Password)? Login { get; private set; }

    public IReadOnlyList<string> Mails
    {
        get { lock (_mails) return [.. _mails]; }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                try
                {
                    await TalkAsync(client.GetStream());
                }
                catch (Exception e) when (e is IOException or AuthenticationException)
                {
                    // Who does not trust the certificate hangs up.
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var isSecure = false;
        await SayAsync(stream, "220 localhost");
        while (await HearAsync(stream) is { } line)
        {
            if (!isSecure)
                InClear.Add(line);
            var word = line.Split(' ')[0].ToUpperInvariant();
            switch (word)
            {
                case "EHLO":
                    await SayAsync(stream, isSecure ? "250-localhost\r\n250 AUTH LOGIN" : "250-localhost\r\n250 STARTTLS");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go on");
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(_certificate);
                    (stream, isSecure) = (secure, true);
                    break;
                case "AUTH":
                    await SayAsync(stream, "334 UGFzc3dvcmQ6");
                    Login = (Decoded(line.Split(' ')[2]), Decoded((await HearAsync(stream))!));
                    await SayAsync(stream, "235 welcome");
                    break;
                case "DATA" when Login is not null:
                    await SayAsync(stream, "354 go on");
                    var mail = new StringBuilder();
                    while (await HearAsync(stream) is { } text && text != ".")
                        mail.Append(text).Append('\n');
                    lock (_mails)
                        _mails.Add(mail.ToString());
                    await SayAsync(stream, "250 taken");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, Login is null ? "530 log in first" : "250 ok");
                    break;
            }
        }
    }

    private static string Decoded(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static Task SayAsync(Stream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n")).AsTask();

    /// <summary>Byte by byte, since what comes after a line may be the beginning of TLS.</summary>
    private static async Task<string?> HearAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
        return null;
    }
}
