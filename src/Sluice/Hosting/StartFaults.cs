using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Sluice.Configuration;

namespace Sluice.Hosting;

/// <summary>Why a server can't listen, in words that name the address or the setting.</summary>
internal static class StartFaults
{
    /// <summary>Files that <c>kestrel</c> names and that can't be read: the server's own error names neither the setting nor, at times, the file.</summary>
    /// <exception cref="CouldNotRunException">One can't.</exception>
    public static void RequireFiles(SluiceOptions options)
    {
        foreach (var (name, file) in options.Kestrel)
        {
            if (string.IsNullOrEmpty(file) || !(name.EndsWith(":Path", StringComparison.OrdinalIgnoreCase) || name.EndsWith(":KeyPath", StringComparison.OrdinalIgnoreCase)))
                continue;
            try
            {
                using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, file));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new CouldNotRunException($"{Setting(name)} is '{file}', which can't be read: {e.Message}", e);
            }
        }
    }

    /// <summary>Null for what is no fault of listening.</summary>
    public static CouldNotRunException? Of(Exception e, SluiceOptions options)
    {
        var isKestrel = options.Kestrel.Count > 0;
        var isSecure = options.Urls.Any(u => u.StartsWith("https", StringComparison.OrdinalIgnoreCase));
        var message = e switch
        {
            // Its message names the address.
            IOException { InnerException: AddressInUseException } =>
                $"{e.Message.TrimEnd('.')}. Stop what listens there, or choose another address {(isKestrel ? "under kestrel.Endpoints or " : "")}with --urls.",
            InvalidOperationException when isSecure && !isKestrel =>
                $"An https address needs a certificate, and none is configured. Name one in the configuration: kestrel: {{ Certificates: {{ Default: {{ Path: tls.pem, KeyPath: tls.key }} }} }}. ({e.Message})",
            IOException or SocketException or UnauthorizedAccessException or InvalidOperationException or CryptographicException or FormatException or ArgumentException when !isKestrel =>
                $"The gateway can't listen on {string.Join(", ", options.Urls)}: {e.Message} Choose another address with --urls.",
            IOException or SocketException or UnauthorizedAccessException or InvalidOperationException or CryptographicException or FormatException or ArgumentException or OverflowException =>
                $"The gateway can't listen as the settings under 'kestrel' want it ({string.Join(", ", options.Kestrel.Keys.Select(Setting).Order(StringComparer.Ordinal))}): {e.Message}",
            _ => null,
        };
        return message is null ? null : new CouldNotRunException(message, e);
    }

    private static string Setting(string name) => string.Create(CultureInfo.InvariantCulture, $"kestrel{name["Kestrel".Length..].Replace(':', '.')}");
}
