namespace Sluice.Gateway.Stages.Identifying;

/// <summary>
/// A bearer token or API key that is not Sluice's. SDKs insist on sending one, so some words stand for none; any other that the upstream
/// will never see was meant to prove something, and letting it pass as nobody would hide that it is wrong.
/// </summary>
internal static class ForeignCredential
{
    private const string Bearer = "Bearer ";

    /// <summary>What is taken for no credential at all, in any case; docs/configuration.md lists them.</summary>
    private static readonly HashSet<string> Placeholders = new(StringComparer.OrdinalIgnoreCase)
    {
        "unused", "none", "dummy", "placeholder", "empty", "not-needed", "no-key", "anything", "test", "x",
    };

    public static bool IsPresented(HeaderList headers)
    {
        foreach (var (name, value) in headers)
        {
            var token = name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? value[Bearer.Length..].Trim()
                : name.Equals("x-api-key", StringComparison.OrdinalIgnoreCase) ? value.Trim()
                : "";
            if (token.Length > 0 && !Placeholders.Contains(token))
                return true;
        }
        return false;
    }
}
