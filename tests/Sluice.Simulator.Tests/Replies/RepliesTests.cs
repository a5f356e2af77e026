using System.Text;
using System.Text.Json.Nodes;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Tokens;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Replies;

public sealed class RepliesTests
{
    private static string TextOf(Answer answer) => answer.Json["output"]!["message"]!["content"]![0]!["text"]!.GetValue<string>();

    [Fact]
    public async Task TheSameSeedAndRequestsGiveTheSameBytes()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Seed = 42 });
            var all = new StringBuilder();
            foreach (var question in (string[])["One", "Two", "Two"])
            {
                var answer = await bedrock.ConverseAsync(Nova, Ask(question));
                all.Append(answer.Headers["x-amzn-requestid"]).Append(answer.Text);
            }
            all.Append(Convert.ToHexString((await bedrock.PostAsync("/model/anthropic.claude-sonnet-4-6/converse-stream", Ask("Three"))).Body));
            runs.Add(all.ToString());
        }
        Assert.Equal(runs[0], runs[1]);
    }

    [Fact]
    public async Task AnotherSeedGivesOtherReplies()
    {
        await using var one = await SimulatedBedrock.StartAsync(new SimulatorOptions { Seed = 1 });
        await using var two = await SimulatedBedrock.StartAsync(new SimulatorOptions { Seed = 2 });
        Assert.NotEqual(TextOf(await one.ConverseAsync(Nova, Ask("Hi"))), TextOf(await two.ConverseAsync(Nova, Ask("Hi"))));
    }

    [Fact]
    public async Task CutsAtTheLimitAndCountsExactlyWhatItSends()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        for (var limit = 1; limit <= 60; limit += 7)
        {
            var answer = await bedrock.ConverseAsync(Nova, Ask("Tell me a story " + limit, limit));
            var output = answer.Json["usage"]!["outputTokens"]!.GetValue<int>();
            Assert.Equal(output, TokenCounter.Count(Encoding.UTF8.GetBytes(TextOf(answer))));
            Assert.True(output <= limit);
            if (answer.Json["stopReason"]!.GetValue<string>() == "max_tokens")
                Assert.Equal(limit, output);
        }
    }

    [Fact]
    public async Task EndsAtAStopSequenceAndNamesItWhereAskedTo()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var whole = TextOf(await bedrock.ConverseAsync(Nova, Ask("Tell me")));
        var stop = whole[20..24];
        var answer = await bedrock.ConverseAsync(Nova, $$"""{"messages":[{"role":"user","content":[{"text":"Tell me"}]}],"inferenceConfig":{"stopSequences":["nowhere to be found","{{stop}}"]},"additionalModelResponseFieldPaths":["/stop_sequence"]}""");
        Assert.Equal("stop_sequence", answer.Json["stopReason"]!.GetValue<string>());
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], TextOf(answer));
        Assert.Equal(stop, answer.Json["additionalModelResponseFields"]!["stop_sequence"]!.GetValue<string>());
    }

    [Fact]
    public async Task AnswersWithJsonWhereThePromptAsksForIt()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        Assert.NotNull(JsonNode.Parse(TextOf(await bedrock.ConverseAsync(Nova, Ask("Extract the fields as JSON."))))!["summary"]);
        const string Body = """{"messages":[{"role":"user","content":[{"text":"Sum it up"}]}],"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"SCHEMA"}}}}}""";
        const string Schema = """{\"type\":\"object\",\"required\":[\"total\"],\"properties\":{\"total\":{\"type\":\"integer\"}}}""";
        var typed = await bedrock.ConverseAsync(Sonnet, Body.Replace("SCHEMA", Schema, StringComparison.Ordinal));
        Assert.IsType<int>(JsonNode.Parse(TextOf(typed))!["total"]!.GetValue<int>());
    }

    [Fact]
    public void SimilarTextsHaveSimilarEmbeddings()
    {
        static double Cosine(string left, string right) => Embedding.Of(left, 512).Zip(Embedding.Of(right, 512), (a, b) => (double)a * b).Sum();
        Assert.Equal(1, Cosine("How do I reset my password?", "how do i reset MY password"), 5);
        Assert.True(Cosine("How do I reset my password?", "How can I reset my password?") > 0.7);
        Assert.True(Math.Abs(Cosine("How do I reset my password?", "Quarterly revenue grew")) < 0.3);
    }

    [Fact]
    public async Task WithoutASeedTheRepliesAreThoseOfTheFirstAndTheIdsAreNewAtEachStart()
    {
        await using var one = await SimulatedBedrock.StartAsync(new SimulatorOptions { Seed = null });
        await using var two = await SimulatedBedrock.StartAsync(new SimulatorOptions { Seed = null });
        await using var seeded = await SimulatedBedrock.StartAsync();
        var answers = new[] { await AskAsync(one), await AskAsync(two), await AskAsync(seeded) };
        Assert.Single(answers.Select(a => a.Json["output"]!.ToJsonString()).Distinct(StringComparer.Ordinal));
        Assert.Equal(3, answers.Select(a => a.Headers["x-amzn-requestid"]).Distinct(StringComparer.Ordinal).Count());

        static Task<Answer> AskAsync(SimulatedBedrock bedrock) => bedrock.ConverseAsync(SimulatedBedrock.Nova, SimulatedBedrock.Ask("Hello"));
    }
}
