using System.Text;
using System.Text.Json.Nodes;
using Sluice.Commands.Replay;
using Sluice.Configuration;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Lab.Replays.Playing;
using Sluice.Lab.Replays.Searching;

namespace Sluice.Tests.Commands.Replay;

public sealed class SettingSearchTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"sluice-search-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_file);

    /// <summary>
    /// One app asks the same at temperature 0 again and again, which an answer from memory makes free; another asks new things
    /// of one long prompt, which a cache point makes cheap; a third can only be moved.
    /// </summary>
    [Fact]
    public async Task FindsTheBestThatIsKnownForEachApp()
    {
        await WriteAsync();
        var result = await SearchAsync(GivenUp.Form);
        var settings = result.Apps.ToDictionary(a => a.App, a => LeversYaml.InWords(a.Options), StringComparer.Ordinal);

        Assert.Equal("recall", settings["same"]);
        Assert.StartsWith("mark", settings["long"], StringComparison.Ordinal);
        Assert.Equal("none", settings["short"]);
        // Thirty of the same: one is paid. Each has 1,000 tokens in and 100 out, at 3.30 and 16.50 dollars a million.
        Assert.Equal(0.00495m, result.Apps.Single(a => a.App == "same").New.Usd);
    }

    [Fact]
    public async Task TheFrontierNeverRisesAndSaysWhatIsGivenUp()
    {
        await WriteAsync();
        var result = await SearchAsync(GivenUp.Residency);

        Assert.Equal(GivenUps.All, result.Frontier.Select(p => p.GivesUp));
        Assert.True(result.Frontier.Zip(result.Frontier.Skip(1)).All(pair => pair.Second.Cost <= pair.First.Cost));
        // The global profile costs one eleventh less than that of a geography (bedrock.md 4.2, checked against a bill of July 2026).
        var app = result.Apps.Single(a => a.App == "short");
        Assert.Equal("place (any_region: true)", LeversYaml.InWords(app.Options));
        Assert.Equal(app.Old.Usd / 1.1m, app.New.Usd, 10);
    }

    [Fact]
    public async Task WhatItPrintsIsAConfigurationThatDoesTheSame()
    {
        await WriteAsync();
        var result = await SearchAsync(GivenUp.Residency);
        var options = OptionsReader.Read(LeversYaml.Of(result.Apps), "found.yaml");

        var replayed = await CallReplayTests.ReplayAsync(_file, options.Levers);
        Assert.Equal(result.Apps.Sum(a => a.New.Usd), replayed.All.New.Usd);
    }

    private async Task<SearchResult> SearchAsync(GivenUp allowed)
    {
        using var open = await ReplayInput.OpenAsync(_file, ReplayInput.KindOf(_file), _ => { }, TestContext.Current.CancellationToken);
        using var pipelines = new GatewayPipelines(new SluiceOptions());
        var replay = new CallReplay(pipelines.Make, PriceBook.Default, new Dictionary<string, string>(StringComparer.Ordinal), "us-east-1");
        return new SettingSearch(replay, open.Recording, new LeverOptions()).Run(allowed, cancellationToken: TestContext.Current.CancellationToken);
    }

    private async Task WriteAsync()
    {
        var start = new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);
        var text = new StringBuilder();
        var system = string.Join(' ', Enumerable.Range(0, 4_000).Select(i => "rule" + i));
        for (var i = 0; i < 30; i++)
        {
            text.Append(Line(start.AddSeconds(30 * i), "same", "Answer.", "What is the fee?", 0, 1_000)).Append('\n');
            text.Append(Line(start.AddSeconds((30 * i) + 10), "long", system, $"Question {i}", 1, 10_000)).Append('\n');
            text.Append(Line(start.AddSeconds((30 * i) + 20), "short", "Answer.", $"Question {i}", 1, 300)).Append('\n');
        }
        await File.WriteAllTextAsync(_file, text.ToString(), TestContext.Current.CancellationToken);
    }

    internal static string Line(DateTimeOffset at, string app, string system, string question, double temperature, int input) => new JsonObject
    {
        ["schemaType"] = "ModelInvocationLog",
        ["schemaVersion"] = "1.0",
        ["timestamp"] = at.ToString("yyyy-MM-ddTHH:mm:ssZ"),
        ["accountId"] = "123456789012",
        ["region"] = "us-east-1",
        ["requestId"] = Guid.NewGuid().ToString(),
        ["operation"] = "Converse",
        ["modelId"] = "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ["requestMetadata"] = new JsonObject { ["app"] = app },
        ["input"] = new JsonObject
        {
            ["inputBodyJson"] = new JsonObject
            {
                ["system"] = new JsonArray(new JsonObject { ["text"] = system }),
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = question }) }),
                ["inferenceConfig"] = new JsonObject { ["maxTokens"] = 500, ["temperature"] = temperature },
            },
            ["inputTokenCount"] = input,
        },
        ["output"] = new JsonObject
        {
            ["outputBodyJson"] = new JsonObject
            {
                ["output"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["text"] = "It depends." }) } },
                ["stopReason"] = "end_turn",
                ["usage"] = new JsonObject { ["inputTokens"] = input, ["outputTokens"] = 100, ["totalTokens"] = input + 100 },
                ["metrics"] = new JsonObject { ["latencyMs"] = 900 },
            },
            ["outputTokenCount"] = 100,
        },
    }.ToJsonString();
}
