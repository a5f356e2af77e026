using Sluice.Bedrock.Operations;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Coalescing;
using Sluice.Gateway.Levers.Marking.Normalising;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.Trimming;

namespace Sluice.Tests.Configuration;

public sealed class LeversReaderTests
{
    [Fact]
    public void EveryLeverIsOffUnlessTheFileSaysOtherwise()
    {
        var levers = Read("");

        Assert.True(levers.IsOff);
        Assert.Equal((0.02, 0.0, 0UL), (levers.ControlShare, levers.HoldBackShare, levers.ControlSeed));
    }

    [Theory]
    [InlineData("off", LeverMode.Off)]
    [InlineData("shadow", LeverMode.Shadow)]
    [InlineData("on", LeverMode.On)]
    public void OneWordIsForAllLevers(string word, LeverMode mode)
    {
        var levers = Read($"levers: {word}");

        Assert.All(LeverNames.All.Except([Lever.Semantic]), lever => Assert.Equal(mode, levers.Default.ModeOf(lever)));
        Assert.Equal(mode == LeverMode.Off, levers.IsOff);
    }

    [Fact]
    public void SemanticRecallTakesItsOwnWordToBeTurnedOnAndNoneToBeTurnedOff()
    {
        Assert.Equal(LeverMode.Off, Read("levers: on").Default.ModeOf(Lever.Semantic));
        Assert.Equal(LeverMode.Off, Read("levers: { mode: shadow }").Default.ModeOf(Lever.Semantic));
        Assert.Equal(LeverMode.On, Read("levers: { mode: shadow, semantic: on }").Default.ModeOf(Lever.Semantic));

        var settings = Read("levers: { semantic: { error_rate: 0.02 }, exceptions: [{ app: x, mode: off }, { app: y, mode: on }] }");
        Assert.Equal([LeverMode.Off, LeverMode.On], settings.Exceptions.Select(e => e.Options.ModeOf(Lever.Semantic)));
    }

    [Fact]
    public void EverySettingOfSemanticRecallIsUnderstood()
    {
        Assert.Equal(new SemanticRecallOptions(), Read("levers: { semantic: on }").Default.Semantic);
        var options = Read("levers: { semantic: { mode: shadow, error_rate: 0.02, bound: calls, model: x.model, lifetime: 2h, sampled: true, memory: 8MB, embedder: hashed } }").Default;
        Assert.Equal(LeverMode.Shadow, options.ModeOf(Lever.Semantic));
        Assert.Equal(
            new SemanticRecallOptions { ErrorRate = 0.02, Basis = ErrorBasis.Calls, ModelFile = "x.model", Lifetime = TimeSpan.FromHours(2), Sampled = true, MaxBytes = 8 << 20 },
            options.Semantic);
        Assert.Equal(
            new SemanticRecallOptions { Judge = ModelIdentifier.Parse("us.amazon.nova-pro-v1:0"), JudgePoints = 8 },
            Read("levers: { semantic: { verifier: judge, judge: us.amazon.nova-pro-v1:0, judge_points: 8 } }").Default.Semantic);
        Assert.Null(Read("levers: { semantic: { verifier: judge, judge: us.amazon.nova-pro-v1:0 }, exceptions: [ { app: chat, semantic: { verifier: text } } ] }").Exceptions[0].Options.Semantic.Judge);
        foreach (var half in (string[])["verifier: judge", "judge: us.amazon.nova-pro-v1:0", "verifier: text, judge: us.amazon.nova-pro-v1:0"])
            Assert.Contains("judge", Assert.Throws<ConfigurationException>(() => Read($"levers: {{ semantic: {{ {half} }} }}")).Message, StringComparison.Ordinal);
        Assert.Equal("cohere.embed-english-v3", Read("levers: { semantic: { embedder: cohere.embed-english-v3 } }").Default.Semantic.Embedder!.BaseModel);
    }

    [Fact]
    public void ALeversOwnModeGoesBeforeTheModeOfAll()
    {
        var levers = Read("levers: { mode: on, recall: off, mark: shadow }").Default;

        Assert.Equal(
            [LeverMode.On, LeverMode.Off, LeverMode.Off, LeverMode.On, LeverMode.On, LeverMode.On, LeverMode.Shadow, LeverMode.On],
            LeverNames.All.Select(levers.ModeOf));
    }

    [Fact]
    public void WhatMarkingMayNormaliseIsAListForAllCallsOrForSome()
    {
        var levers = Read("levers: { mark: { normalise: [whitespace, tool_key_order] }, exceptions: [{ app: x, mark: { normalise: [] } }, { app: y, mark: { normalise: tool_order } }] }");

        Assert.Equal(NormaliseKinds.Whitespace | NormaliseKinds.ToolKeyOrder, levers.Default.Mark.Normalise);
        Assert.Equal([NormaliseKinds.None, NormaliseKinds.ToolOrder], levers.Exceptions.Select(e => e.Options.Mark.Normalise));
        Assert.Equal(NormaliseKinds.None, Read("levers: on").Default.Mark.Normalise);
    }

    [Fact]
    public void EverySettingIsUnderstood()
    {
        var levers = Read(
            """
            levers:
              mode: shadow
              control_share: 0.1
              hold_back_share: 0.05
              control_seed: 42
              trim: { mode: on, keep_urls: false, keep_navigation: true, tables: markdown, tool_results: true, user_texts: true, tags: [report, file] }
              recall: { lifetime: 15m, sampled: true, disk: 2GB }
              coalesce: { mode: off, sampled: true }
              output: { brief: true, json_only: true, stop: [END] }
              place: { any_region: true, tier: flex, standard_latency: true }
            """);

        Assert.Equal((0.1, 0.05, 42UL), (levers.ControlShare, levers.HoldBackShare, levers.ControlSeed));
        var options = levers.Default;
        Assert.Equal((false, true), (options.Trim.KeepUrls, options.Trim.KeepNavigation));
        Assert.Equal((TableFormat.Markdown, true, true), (options.Trim.Table, options.Trim.ToolResults, options.Trim.UserTexts));
        Assert.Equal(["report", "file"], options.Trim.DataTags);
        Assert.Equal((true, true), (options.Output.Brief, options.Output.JsonOnly));
        Assert.Equal(["END"], options.Output.StopSequences);
        Assert.Equal(new RecallOptions { Lifetime = TimeSpan.FromMinutes(15), Sampled = true, DiskBytes = 2L * 1024 * 1024 * 1024 }, options.Recall);
        Assert.Equal(new CoalesceOptions { Sampled = true }, options.Coalesce);
        Assert.Equal(new PlaceOptions { AnyRegion = true, Tier = ServiceTier.Flex, StandardLatency = true }, options.Place);
        // A mapping without a mode is on; what is not named has the mode of all.
        Assert.Equal(
            [LeverMode.On, LeverMode.On, LeverMode.Off, LeverMode.Off, LeverMode.Shadow, LeverMode.On, LeverMode.Shadow, LeverMode.On],
            LeverNames.All.Select(options.ModeOf));
    }

    [Fact]
    public void WhatASettingDoesNotSayStaysAtItsDefault()
    {
        var options = Read("levers: { recall: { sampled: true }, trim: { keep_urls: false }, place: { tier: priority } }").Default;

        Assert.Equal(new RecallOptions { Sampled = true }, options.Recall);
        Assert.Equal(new LeverOptions().Trim.KeepNavigation, options.Trim.KeepNavigation);
        Assert.Equal(new PlaceOptions { Tier = ServiceTier.Priority }, options.Place);
        Assert.Equal(LeverMode.Off, options.ModeOf(Lever.Mark));
    }

    [Fact]
    public void AnExceptionIsForTheCallsThatItNamesAndOtherwiseLikeTheDefault()
    {
        var levers = Read(
            """
            levers:
              mode: on
              recall: { lifetime: 2h }
              exceptions:
                - { app: chat, recall: off }
                - { task: "triage-*", key: sk-1, models: "us.*", mode: shadow, recall: { sampled: true } }
            """);

        Assert.Equal([new LeverScope { App = "chat" }, new LeverScope { Task = "triage-*", KeyId = "sk-1", Models = "us.*" }], levers.Exceptions.Select(e => e.Scope));
        var (first, second) = (levers.Exceptions[0].Options, levers.Exceptions[1].Options);
        Assert.Equal((LeverMode.Off, LeverMode.On), (first.ModeOf(Lever.Recall), first.ModeOf(Lever.Mark)));
        Assert.Equal((LeverMode.On, LeverMode.Shadow), (second.ModeOf(Lever.Recall), second.ModeOf(Lever.Mark)));
        Assert.Equal(new RecallOptions { Lifetime = TimeSpan.FromHours(2), Sampled = true }, second.Recall);
    }

    [Fact]
    public void LeversThatAreOffByDefaultMayBeOnInAnException()
    {
        var levers = Read("levers: { exceptions: [ { app: chat, mode: on } ] }");

        Assert.True(levers.Default.IsOff);
        Assert.False(levers.IsOff);
    }

    [Fact]
    public void EveryMistakeIsReportedWithItsPlaceAndItsFix()
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.Read(
            """
            levers:
              mode: maybe
              control_share: 2
              hold_back_share: 0.5
              control_seed: -1
              trimm: on
              trim: { keep_url: true, tags: [<a>] }
              output: { brief: short, stop: [''] }
              recall: { lifetime: 3, sampled: perhaps }
              coalesce: sometimes
              place: { tier: cheap, any_region: 1 }
              exceptions:
                - { mode: off }
                - { app: chat, colour: red }
            """, "sluice.yaml"));

        string[] expected =
        [
            "sluice.yaml:2:9: levers.mode is 'maybe'; it must be one of off, shadow, on.",
            "sluice.yaml:3:18: levers.control_share is '2'; it must be a number from 0 to 1.",
            "sluice.yaml:4:20: levers.hold_back_share is '0.5'; it must be a number from 0 to 0.12.",
            "sluice.yaml:5:17: levers.control_seed is '-1'; it must be a whole number from 0 to 2147483647.",
            "sluice.yaml:6:3: levers.trimm is not a setting; known here: coalesce, control_seed, control_share, exceptions, hold_back_share, mark, mode, output, place, recall, route, semantic, trim. Did you mean 'trim'?",
            "sluice.yaml:7:11: levers.trim.keep_url is not a setting; known here: keep_navigation, keep_urls, mode, tables, tags, tool_results, user_texts. Did you mean 'keep_urls'?",
            "sluice.yaml:7:33: levers.trim.tags has '<a>'; a tag is its name alone, such as report for <report>...</report>.",
            "sluice.yaml:8:20: levers.output.brief is 'short'; it must be true or false.",
            "sluice.yaml:8:33: levers.output.stop must be one to four texts, none of them blank.",
            "sluice.yaml:9:23: levers.recall.lifetime is '3'; it must be a duration such as 500ms, 30s, 15m or 2h, from 1s to 400d.",
            "sluice.yaml:9:35: levers.recall.sampled is 'perhaps'; it must be true or false.",
            "sluice.yaml:10:13: levers.coalesce is 'sometimes'; it must be one of off, shadow, on.",
            "sluice.yaml:11:18: levers.place.tier is 'cheap'; it must be one of flex, default, priority.",
            "sluice.yaml:11:37: levers.place.any_region is '1'; it must be true or false.",
            "sluice.yaml:13:7: levers.exceptions[0].app is missing, as are 'task', 'key' and 'models'; at least one says which calls the exception is for.",
            "sluice.yaml:14:20: levers.exceptions[1].colour is not a setting; known here: app, coalesce, key, mark, mode, models, output, place, recall, route, semantic, task, trim.",
        ];
        Assert.Equal(expected, error.Errors.Select(e => e.ToString()).OrderBy(e => int.Parse(e.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).ThenBy(e => e, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("levers: 7", "sluice.yaml:1:9: levers is '7'; it must be one of off, shadow, on.")]
    [InlineData("levers: [on]", "levers")]
    [InlineData("levers: { recall: [on] }", "levers.recall")]
    [InlineData("levers: { exceptions: on }", "levers.exceptions")]
    [InlineData("levers: { recall: { lifetime: -5m } }", "levers.recall.lifetime")]
    public void AValueOfTheWrongKindIsReported(string yaml, string named)
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml"));

        Assert.Contains(named, Assert.Single(error.Errors).ToString(), StringComparison.Ordinal);
    }

    private static LeverSettings Read(string yaml) => OptionsReader.Read(yaml, "sluice.yaml").Levers;

    [Fact]
    public void CachePointsMayBeKeptToFiveMinutes()
    {
        Assert.True(OptionsReader.Read("levers: { mark: on }", "sluice.yaml").Levers.Default.Mark.AllowHour);
        Assert.False(OptionsReader.Read("levers: { mark: { hour: false } }", "sluice.yaml").Levers.Default.Mark.AllowHour);
    }

    [Fact]
    public void BodiesAreKeptOnlyWhereTheOwnerSaysSo()
    {
        Assert.Null(OptionsReader.Read("auth: optional", "sluice.yaml").Bodies);
        Assert.Equal("kept", OptionsReader.Read("recording: { bodies: kept }", "sluice.yaml").Bodies);
        Assert.Contains("recording.bodies is empty", Assert.Throws<ConfigurationException>(() => OptionsReader.Read("recording: { bodies: '' }", "sluice.yaml")).Message, StringComparison.Ordinal);
    }
}
