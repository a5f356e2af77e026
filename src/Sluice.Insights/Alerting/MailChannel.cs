using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Sluice.Insights.Alerting;

/// <summary>A mail by SMTP, with STARTTLS and a login where configured.</summary>
internal sealed class MailChannel(ChannelOptions options) : IAlertChannel
{
    public async Task SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient(options.Host!, options.Port) { EnableSsl = options.UseTls };
        if (options is { User: { } user, Password: { } password })
            client.Credentials = new NetworkCredential(user, password.Reveal());
        using var mail = new MailMessage
        {
            From = new MailAddress(options.From!),
            Subject = string.Concat("[Sluice] ", string.Concat(message.Alert.Title.Select(c => char.IsControl(c) ? ' ' : c))),
            Body = message.ToText(),
            SubjectEncoding = Encoding.UTF8,
            BodyEncoding = Encoding.UTF8,
        };
        mail.Headers.Add(WebhookChannel.IdHeader, message.Id);
        foreach (var to in options.To)
            mail.To.Add(new MailAddress(to));
        try
        {
            await client.SendMailAsync(mail, cancellationToken);
        }
        catch (Exception e) when (e is SmtpException or AuthenticationException or SocketException or IOException)
        {
            throw new DeliveryException($"{options.Host}:{options.Port} did not take the mail: {Reason(e)}", innerException: e);
        }
    }

    /// <summary>The innermost cause says what failed: the connection, the certificate, the login.</summary>
    private static string Reason(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e is SmtpException smtp ? $"{smtp.StatusCode} {smtp.Message}" : e.Message;
    }
}
