using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.Replies;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Bedrock.Tests.Replies;

public sealed class ReplyMeterGoldenTests
{
    public static TheoryData<string> Cases => GoldenCase.Names();

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReadsWhatTheGoldenFileSays(string name)
    {
        var golden = GoldenCase.Load(name);
        Assert.Equal(Show(golden.Expected), Show(ToJson(golden.Read(golden.Reply))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ReadsTheRequestAsTheGoldenFileSays(string name)
    {
        var golden = GoldenCase.Load(name);
        var facts = golden.Facts;
        foreach (var (key, expected) in golden.ExpectedFacts)
        {
            object? actual = key switch
            {
                "dialect" => facts.Dialect,
                "model" => facts.Model,
                "streamed" => facts.Streamed,
                "tier" => facts.Tier.Name(),
                "latency_optimized" => facts.LatencyOptimized,
                "max_tokens" => facts.MaxTokens,
                "guardrail" => facts.HasGuardrail,
                "cache" => facts.CacheLifetimes,
                "images" => facts.RequestedImages,
                "estimated_input" => facts.EstimatedInputTokens,
                "tags" => JsonSerializer.Serialize(facts.Tags),
                _ => throw new InvalidDataException($"{name} expects a fact '{key}' that no test reads."),
            };
            Assert.Equal(expected is JsonObject ? expected.ToJsonString() : expected!.ToString(), actual is bool b ? (b ? "true" : "false") : actual?.ToString());
        }
        Assert.Equal(golden.RequestBody.Length > 0, facts.WellFormed);
    }

    private static JsonObject ToJson(ReplyReading reading) => new()
    {
        ["usage"] = reading.Usage is { } usage ? ToJson(usage) : null,
        ["served_model"] = reading.ServedModelIdentifier,
        ["stop_reason"] = reading.StopReason,
        ["tier"] = reading.ResolvedTier?.Name(),
        ["error"] = reading.Error,
        ["ended"] = reading.Ended,
        ["corrupt"] = reading.Corrupt,
        ["suspect"] = reading.Suspect,
        ["guardrail_unreported"] = reading.GuardrailUnreported,
    };

    private static JsonObject ToJson(Usage usage)
    {
        var json = new JsonObject
        {
            ["input"] = usage.Input,
            ["cache_read"] = usage.CacheRead,
            ["cache_write_5m"] = usage.CacheWrite5m,
            ["cache_write_1h"] = usage.CacheWrite1h,
            ["output"] = usage.Output,
            ["source"] = usage.Source == UsageSource.Measured ? "measured" : "estimated",
        };
        if (!usage.Units.IsEmpty)
            json["units"] = new JsonObject(usage.Units.Select(u => KeyValuePair.Create(u.Kind.Name(), (JsonNode?)JsonValue.Create(u.Count))));
        return json;
    }

    /// <summary>In one order and without what is absent or false, so that a file need only say what stands out.</summary>
    private static string Show(JsonObject reading)
    {
        var kept = reading
            .Where(p => p.Key == "usage" || (p.Value is not null && p.Value.ToJsonString() != "false"))
            .OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => $"{p.Key}: {(p.Value is JsonObject inner ? string.Join(", ", inner.Select(i => $"{i.Key} {i.Value?.ToJsonString()}")) : p.Value?.ToJsonString())}");
        return string.Join('\n', kept);
    }
}
