using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>
/// Finds the model behind an ARN that does not name it, such as that of an application inference profile: first in the
/// configuration, then by asking the upstream's control plane (GetInferenceProfile), once. What can't be resolved stays
/// unknown, and its calls unpriced.
/// </summary>
public sealed partial class ModelResolver(IReadOnlyDictionary<string, string> configured, TimeProvider time, ILogger<ModelResolver> logger)
{
    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(3);

    /// <summary>A failed look-up is tried again after this, since permissions get mended.</summary>
    private static readonly TimeSpan FailureLifetime = TimeSpan.FromMinutes(1);

    /// <summary>An account has at most a few thousand profiles; the bound keeps nonsense from filling memory.</summary>
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, Task<ModelIdentifier?>> _remembered = new(StringComparer.Ordinal);
    private static readonly Task<ModelIdentifier?> Nothing = Task.FromResult<ModelIdentifier?>(null);

    /// <summary>The model that prices <paramref name="asked"/>; itself where it names its model, null where nobody knows.</summary>
    public Task<ModelIdentifier?> ResolveAsync(ModelIdentifier? asked, Upstream upstream)
    {
        if (asked is null)
            return Nothing;
        if (asked.BaseModel is not null && configured.Count == 0)
            return Task.FromResult<ModelIdentifier?>(asked);
        if (_remembered.TryGetValue(asked.Raw, out var known))
            return known;
        if (configured.TryGetValue(asked.Raw, out var model))
            return Remember(asked.Raw, Task.FromResult<ModelIdentifier?>(ModelIdentifier.Parse(model)));
        if (asked.BaseModel is not null || asked.Kind != ModelIdentifierKind.ApplicationInferenceProfile)
            return Task.FromResult<ModelIdentifier?>(asked);
        return Remember(asked.Raw, AskAsync(asked, upstream));
    }

    private Task<ModelIdentifier?> Remember(string raw, Task<ModelIdentifier?> answer) =>
        _remembered.Count < MaxRemembered ? _remembered.GetOrAdd(raw, answer) : answer;

    private async Task<ModelIdentifier?> AskAsync(ModelIdentifier asked, Upstream upstream)
    {
        try
        {
            using var limit = new CancellationTokenSource(LookupLimit, time);
            var answer = await upstream.GetControlPlaneAsync(RequestTarget.Of("/inference-profiles/" + Uri.EscapeDataString(asked.Raw)), limit.Token);
            if (answer is not null && SourceOf(answer) is { } source)
                return source with { Region = asked.Region };
            Log.Unresolved(logger, asked.Raw, answer is null ? "the upstream has no control plane" : "the answer names no model");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or UpstreamException or ArgumentException)
        {
            Log.Unresolved(logger, asked.Raw, e.Message);
        }
        _ = ForgetLaterAsync(asked.Raw);
        return asked;
    }

    private async Task ForgetLaterAsync(string raw)
    {
        await Task.Delay(FailureLifetime, time);
        _remembered.TryRemove(raw, out _);
    }

    /// <summary>
    /// The model and scope of a GetInferenceProfile answer. A profile made from a cross-region one lists its model once for
    /// each region, and once without any region where it is global; it is priced by that scope.
    /// </summary>
    internal static ModelIdentifier? SourceOf(byte[] answer)
    {
        using var json = JsonDocument.Parse(answer);
        if (!json.RootElement.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Array)
            return null;
        var sources = models.EnumerateArray()
            .Select(m => m.TryGetProperty("modelArn", out var arn) ? arn.GetString() : null)
            .OfType<string>().Select(ModelIdentifier.Parse).ToList();
        if (sources is [] || sources[0].BaseModel is null)
            return null;
        var regions = sources.Select(s => s.Region).Distinct(StringComparer.Ordinal).ToList();
        var profile = regions.Exists(string.IsNullOrEmpty) ? "global" : regions.Count > 1 ? GeographyOf(regions[0]!) : null;
        return sources[0] with { Profile = sources[0].Profile ?? profile };
    }

    private static string GeographyOf(string region) => region switch
    {
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "us-gov",
        _ when region.StartsWith("ap-", StringComparison.Ordinal) => "apac",
        _ => region[..region.IndexOf('-', StringComparison.Ordinal)],
    };

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "The model behind {Arn} is not known ({Cause}); its calls are unpriced. Name it under 'models' in the configuration.")]
        public static partial void Unresolved(ILogger logger, string arn, string cause);
    }
}
