using System.CommandLine.Parsing;
using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Core;

namespace Sluice.Configuration;

/// <summary>Where a server listens, such as <c>http://127.0.0.1:8080</c>.</summary>
internal static class ListenAddress
{
    /// <summary>Why the server can't listen there, with the fix; null if it can.</summary>
    public static string? Mistake(string url) => IsValid(url) ? null
        : IsValid("http://" + url) ? $"holds '{PlainText.Of(url)}', which has no scheme; write http://{url}"
        : $"holds '{PlainText.Of(url)}'; it must be a URL such as http://127.0.0.1:8080";

    /// <summary>The addresses that an option's values name, separated by semicolons.</summary>
    public static IReadOnlyList<string> Split(IEnumerable<string> values) =>
        [.. values.SelectMany(v => v.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];

    /// <summary>For the option --urls: refuses on the command line what the server would stumble over.</summary>
    public static void Validate(OptionResult result)
    {
        var urls = Split(result.Tokens.Select(t => t.Value));
        if (result.Tokens.Count > 0 && urls.Count == 0)
            result.AddError("--urls is empty; name an address such as http://127.0.0.1:8080.");
        foreach (var mistake in urls.Select(Mistake).OfType<string>())
            result.AddError($"--urls {mistake}.");
    }

    /// <summary>Whether other machines reach it. The server takes a name that it doesn't know, such as this machine's own, for every interface.</summary>
    public static bool IsReachable(string url)
    {
        if (!IsValid(url))
            return false;
        var address = BindingAddress.Parse(url);
        return !address.IsUnixPipe && address.Host is not "localhost" && !(IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }

    private static bool IsValid(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme is "http" or "https" && address.PathBase.Length == 0
                && (address.IsUnixPipe || (address.Port is >= 0 and <= 65_535 && IsHost(address.Host)));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>The server takes a port that is no number for a part of the name, and then listens everywhere.</summary>
    private static bool IsHost(string host) => host is "*" or "+"
        || (Uri.CheckHostName(host.Trim('[', ']')) is var kind && kind != UriHostNameType.Unknown && (kind == UriHostNameType.IPv6) == host.StartsWith('['));
}
