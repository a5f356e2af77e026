using Sluice.Configuration;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Routing;

namespace Sluice.Tests.Configuration;

public sealed class ModelRoutesReaderTests
{
    [Fact]
    public void ARealDeploymentTakesTenLines()
    {
        var options = OptionsReader.Read(
            """
            model_routes:
              - app: support
                models: { small: us.amazon.nova-lite-v1:0, large: us.anthropic.claude-sonnet-4-5-20250929-v1:0 }
                floor: small
                rules:
                  - { hint: best, use: large }
                  - { task: triage, tools: no, use: small }
                  - { input_tokens: ">20000", use: large }
                  - { keywords: [refund, lawsuit], language: [en, de], use: large }
                  - { hours: 22:00-06:00, depth: 1-3, use: small }
            """, "sluice.yaml");

        var route = Assert.Single(options.ModelRoutes);
        Assert.Equal(("support", "support", "small"), (route.Name, route.Scope.App, route.Floor));
        Assert.Equal(["small", "large"], route.Candidates.Select(c => c.Name));
        Assert.Equal(
            ["hint best", "task triage, tools no", "input_tokens >=20001", "language en|de, keywords refund|lawsuit", "depth 1-3, hours 22:00-06:00"],
            route.Rules.Select(r => r.ToString()));
        Assert.Equal(["large", "small", "large", "large", "small"], route.Rules.Select(r => r.Use));
        // Routes are given to be used; all other levers stay off.
        Assert.Equal([Lever.Route], LeverNames.All.Where(lever => options.Levers.Default.ModeOf(lever) == LeverMode.On));
    }

    [Theory]
    [InlineData("levers: off", LeverMode.Off)]
    [InlineData("levers: { route: shadow }", LeverMode.Shadow)]
    [InlineData("levers: { mark: on }", LeverMode.On)]
    public void TheLeversModeIsTheOwnersWord(string levers, LeverMode mode)
    {
        var options = OptionsReader.Read($"{levers}\nmodel_routes:\n  - models: {{ small: us.amazon.nova-lite-v1:0 }}\n    rules: [{{ use: small }}]\n", "sluice.yaml");

        Assert.Equal(mode, options.Levers.Default.ModeOf(Lever.Route));
    }

    [Fact]
    public void WhatAPromptRouterChoosesBetweenIsTold()
    {
        const string yaml = """
            model_routes:
              - models: { small: us.amazon.nova-lite-v1:0, aws: "arn:aws:bedrock:us-east-1:123456789012:prompt-router/abc" }
                prompt_routers: { NAME: [us.amazon.nova-lite-v1:0, us.amazon.nova-pro-v1:0] }
                rules: [ { use: aws } ]
            """;

        var route = OptionsReader.Read(yaml.Replace("NAME", "aws", StringComparison.Ordinal), "sluice.yaml").ModelRoutes[0];
        Assert.Equal(["us.amazon.nova-lite-v1:0", "us.amazon.nova-pro-v1:0"], route.Candidates[1].Between.Select(m => m.Raw));
        Assert.Contains("is no prompt router", Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml.Replace("NAME", "small", StringComparison.Ordinal), "sluice.yaml")).Message, StringComparison.Ordinal);
        Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml.Replace("NAME", "other", StringComparison.Ordinal), "sluice.yaml"));
    }

    [Theory]
    [InlineData("scorer: support.scorer, scorer_share: 0.25", null)]
    [InlineData("scorer: support.scorer", "scorer_share")]
    [InlineData("scorer_share: 0.25", "scorer: FILE")]
    [InlineData("scorer: support.scorer, scorer_share: 25", "scorer_share")]
    public void AScorerNeedsItsFileAndAShare(string settings, string? complaint)
    {
        var yaml = $$"""
            model_routes:
              - models: { small: us.amazon.nova-lite-v1:0, large: us.amazon.nova-pro-v1:0 }
                cascade: { {{settings}} }
                rules: [ { use: cascade } ]
            """;

        if (complaint is null)
            Assert.Equal(new ScorerOptions("support.scorer", 0.25), OptionsReader.Read(yaml, "sluice.yaml").ModelRoutes[0].Cascade!.Scorer);
        else
            Assert.Contains(complaint, Assert.Throws<ConfigurationException>(() => OptionsReader.Read(yaml, "sluice.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATrainedRouterNeedsItsFileAndAShare()
    {
        var options = OptionsReader.Read(
            """
            model_routes:
              - models: { small: us.amazon.nova-lite-v1:0, large: us.amazon.nova-pro-v1:0 }
                router: { file: support.router, strong_share: 0.3 }
                rules: [ { use: router } ]
            """, "sluice.yaml");

        Assert.Equal(new RouterOptions("support.router", 0.3, null, "small", "large"), options.ModelRoutes[0].Router);
    }

    [Fact]
    public void EveryMistakeIsReportedWithItsPlaceAndItsFix()
    {
        var error = Assert.Throws<ConfigurationException>(() => OptionsReader.Read(
            """
            model_routes:
              - app: none
              - models: { small: us.amazon.nova-lite-v1:0 }
                floor: tiny
                router: { strong_share: 2, weak: huge }
                rules:
                  - { task: a }
                  - { use: large }
                  - { use: small, input_tokens: many, hours: 9-5, colour: red }
              - models: { small: us.amazon.nova-lite-v1:0 }
                rules: [ { use: router } ]
            """, "sluice.yaml"));

        string[] expected =
        [
            "model_routes[0].models is missing or empty; it names the models that may serve, cheapest first, such as { small: us.amazon.nova-lite-v1:0 }",
            "model_routes[1].floor is 'tiny', which no model of the route is called; known here: small",
            "model_routes[1].router.strong_share is '2'; it must be a number from 0 to 1",
            "model_routes[1].router.file is missing; it is the model file that 'sluice router train' writes",
            "model_routes[1].router.strong_share or quality_floor, one of the two, says how many calls go to the strong model",
            "model_routes[1].router.weak is 'huge', which no model of the route is called; known here: small",
            "model_routes[1].rules[0].use is missing; it is the name of one of the route's models, router, cascade or asked",
            "model_routes[1].rules[1].use is 'large', which no model of the route is called; known here: small",
            "model_routes[1].rules[2].input_tokens is 'many'; it must be a number or a range such as '>8000', '<=500' or 100-2000",
            "model_routes[1].rules[2].hours is '9-5'; it must be hours of the day in UTC such as 22:00-06:00",
            "model_routes[2].rules[0].use is 'router', and the route has none; give it router: { file: ..., strong_share: 0.3 }",
        ];
        foreach (var message in expected)
            Assert.Contains(error.Errors, e => e.ToString().Contains(message, StringComparison.Ordinal));
        Assert.Contains(error.Errors, e => e.ToString().Contains("model_routes[1].rules[2].colour is not a setting", StringComparison.Ordinal));
        Assert.Equal(expected.Length + 1, error.Errors.Count);
    }
}
