using System.Collections.Frozen;

namespace Sluice.Gateway.Stages.Retrying;

/// <summary>Which failures are worth another attempt: AWS's standard retry mode, and its kin in other protocols.</summary>
internal static class TransientErrors
{
    /// <summary>Names without "exception" and "error": those of 429, 500 and 503 in Bedrock, Anthropic's and OpenAI's protocols.</summary>
    private static readonly FrozenSet<string> Names = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "throttling", "throttled", "toomanyrequests", "modelnotready", "serviceunavailable", "internalserver", "internalfailure", "internal",
        "ratelimit", "ratelimitexceeded", "overloaded", "api", "server", "slowdown");

    public static bool Has(int status) => status is 429 or 500 or 502 or 503 or 504;

    /// <summary>By the name of an error in a stream, such as <c>throttlingException</c> or <c>overloaded_error</c>.</summary>
    public static bool Has(string error)
    {
        var name = error.Replace("_", "", StringComparison.Ordinal);
        foreach (var suffix in (ReadOnlySpan<string>)["exception", "error"])
        {
            if (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                name = name[..^suffix.Length];
        }
        return Names.Contains(name);
    }
}
