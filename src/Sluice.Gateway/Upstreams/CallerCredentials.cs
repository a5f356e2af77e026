namespace Sluice.Gateway.Upstreams;

/// <summary>The header fields by which a caller proves itself to Sluice, and which must not reach an upstream that others run.</summary>
internal static class CallerCredentials
{
    private static readonly string[] Fields = ["Authorization", "x-api-key", "X-Amz-Security-Token", "X-Amz-Date", "X-Amz-Content-Sha256"];

    public static void Strip(HeaderList headers)
    {
        foreach (var field in Fields)
            headers.Remove(field);
    }
}
