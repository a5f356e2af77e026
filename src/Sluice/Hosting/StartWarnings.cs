using Sluice.Configuration;
using Sluice.Gateway.Upstreams;

namespace Sluice.Hosting;

/// <summary>What is allowed at the start and seldom meant.</summary>
internal static class StartWarnings
{
    public static IEnumerable<string> Of(SluiceOptions options, bool hasFile)
    {
        if (hasFile && options.Upstreams.Any(u => u.Kind == UpstreamKind.Simulator))
            yield return "Calls are answered by the SIMULATOR, with invented answers, because the configuration names it or no upstream at all; write 'upstream: aws' for Amazon Bedrock.";
        foreach (var url in Listening(options).Where(u => u.StartsWith("http:", StringComparison.OrdinalIgnoreCase) && ListenAddress.IsReachable(u)))
            yield return $"{url} is reached from other machines without TLS, so keys and prompts travel in clear text; name a certificate under kestrel, or put a proxy with TLS in front.";
        foreach (var open in PrivateFiles.OpenToOthers(options.DataDirectory))
            yield return open + ".";
    }

    private static IEnumerable<string> Listening(SluiceOptions options)
    {
        var endpoints = options.Kestrel.Where(s => s.Key.StartsWith("Kestrel:Endpoints:", StringComparison.OrdinalIgnoreCase)).ToList();
        return endpoints.Count == 0 ? options.Urls : endpoints.Where(s => s.Key.EndsWith(":Url", StringComparison.OrdinalIgnoreCase)).Select(s => s.Value ?? "");
    }
}
