using Sluice.Core.Metering;

namespace Sluice.Core.Tests.Metering;

public sealed class UsageKindTests
{
    [Fact]
    public void EveryKindHasItsOwnNameWhichReadsBack()
    {
        Assert.Equal(UsageKinds.All.Count, UsageKinds.All.Select(k => k.Name()).Distinct(StringComparer.Ordinal).Count());
        foreach (var kind in UsageKinds.All)
        {
            Assert.True(UsageKinds.TryParse(kind.Name(), out var back));
            Assert.Equal(kind, back);
        }
        Assert.False(UsageKinds.TryParse("Input", out _));
    }

    // Exports and the price file depend on these spellings.
    [Theory]
    [InlineData(UsageKind.CacheWrite5m, "cache_write_5m")]
    [InlineData(UsageKind.CacheWrite1h, "cache_write_1h")]
    [InlineData(UsageKind.GuardrailSensitiveInformationUnit, "guardrail_sensitive_information_unit")]
    [InlineData(UsageKind.ModelUnitHour6Month, "model_unit_hour_6_month")]
    [InlineData(UsageKind.CustomModelUnitMonth, "custom_model_unit_month")]
    [InlineData(UsageKind.OutputVideoSecond, "output_video_second")]
    [InlineData(UsageKind.InputAudioToken, "input_audio_token")]
    [InlineData(UsageKind.OutputAudioToken, "output_audio_token")]
    [InlineData(UsageKind.WebSearch, "web_search")]
    [InlineData(UsageKind.ServerToolCall, "server_tool_call")]
    [InlineData(UsageKind.Page, "page")]
    public void NamesAreStable(UsageKind kind, string name) => Assert.Equal(name, kind.Name());

    [Fact]
    public void TheFirstFiveAreTokens() =>
        Assert.Equal([UsageKind.Input, UsageKind.CacheRead, UsageKind.CacheWrite5m, UsageKind.CacheWrite1h, UsageKind.Output], UsageKinds.All.Where(k => k.IsToken()));
}
