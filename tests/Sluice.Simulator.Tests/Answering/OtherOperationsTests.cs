using System.Net;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Answering;

public sealed class OtherOperationsTests
{
    [Fact]
    public async Task CountsWhatTheCallItselfWillReportAndChargesNothing()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Inner = """{"system":[{"text":"Be brief."}],"messages":[{"role":"user","content":[{"text":"Hello there"},{"image":{"format":"png","source":{"bytes":"AAAA"}}}]}]}""";
        var counted = (await bedrock.PostAsync("/model/anthropic.claude-sonnet-4-6/count-tokens", $$$"""{"input":{"converse":{{{Inner}}}}}""")).Json["inputTokens"]!.GetValue<long>();
        Assert.False((await bedrock.LastLoggedAsync()).Billed);
        Assert.Equal(counted, (await bedrock.ConverseAsync("anthropic.claude-sonnet-4-6", Inner)).Json["usage"]!["inputTokens"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-6")] // profiles don't count
    [InlineData("anthropic.claude-opus-4-8")] // nor do the models that come by profile only
    [InlineData("amazon.nova-lite-v1:0")]
    public async Task CountsOnlyForTheModelsThatDo(string model)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var answer = await bedrock.PostAsync($"/model/{model}/count-tokens", $$$"""{"input":{"converse":{{{Ask("Hi")}}}}}""");
        Assert.Equal(("ValidationException", "The provided model doesn't support counting tokens."), answer.Error);
    }

    [Fact]
    public async Task AppliesTheGuardrailThatIsConfigured()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions
        {
            Guardrails = System.Collections.Immutable.ImmutableDictionary<string, SimulatedGuardrail>.Empty.Add("g1", new SimulatedGuardrail { Topics = false, Grounding = true, BlockedPhrases = ["lottery"], BlockedMessage = "No." }),
        });
        var json = (await bedrock.PostAsync("/guardrail/g1/version/DRAFT/apply", """{"source":"OUTPUT","content":[{"text":{"text":"Win the Lottery"}}]}""")).Json;
        Assert.Equal(("GUARDRAIL_INTERVENED", "No."), (json["action"]!.GetValue<string>(), json["outputs"]![0]!["text"]!.GetValue<string>()));
        Assert.Equal((0, 1), (json["usage"]!["topicPolicyUnits"]!.GetValue<int>(), json["usage"]!["contextualGroundingPolicyUnits"]!.GetValue<int>()));
        Assert.Equal("lottery", json["assessments"]![0]!["wordPolicy"]!["customWords"]![0]!["match"]!.GetValue<string>());
    }

    [Fact]
    public async Task ChecksWithoutAGuardrail()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var json = (await bedrock.PostAsync("/guardrail-checks/invoke", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"checks":{"promptAttack":{"categories":[{"category":"JAILBREAK"}]}}}""")).Json;
        Assert.Equal(1, json["usage"]!["promptAttack"]!["textUnits"]!.GetValue<int>());
        Assert.Equal("JAILBREAK", json["results"]!["promptAttack"]!["results"]![0]!["category"]!.GetValue<string>());
    }

    [Fact]
    public async Task AsyncInvocationsEndInTheirTimeAndStartOnceForAToken()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Speed = 1 });
        const string Body = """{"modelId":"amazon.nova-reel-v1:1","modelInput":{"taskType":"TEXT_VIDEO"},"outputDataConfig":{"s3OutputDataConfig":{"s3Uri":"s3://bucket/key"}},"clientRequestToken":"once"}""";
        var arn = (await bedrock.PostAsync("/async-invoke", Body)).Json["invocationArn"]!.GetValue<string>();
        Assert.Equal(arn, (await bedrock.PostAsync("/async-invoke", Body)).Json["invocationArn"]!.GetValue<string>());
        Assert.Equal("ConflictException", (await bedrock.PostAsync("/async-invoke", Body.Replace("TEXT_VIDEO", "MULTI_SHOT_AUTOMATED", StringComparison.Ordinal))).Error.Name);

        var path = "/async-invoke/" + Uri.EscapeDataString(arn);
        Assert.Equal("InProgress", (await bedrock.GetAsync(path)).Json["status"]!.GetValue<string>());
        bedrock.Time.Advance(TimeSpan.FromMinutes(2));
        var done = (await bedrock.GetAsync(path)).Json;
        Assert.Equal(("Completed", "2026-11-21T12:00:00.000Z"), (done["status"]!.GetValue<string>(), done["submitTime"]!.GetValue<string>()));
        Assert.Single((await bedrock.GetAsync("/async-invoke?statusEquals=Completed")).Json["asyncInvokeSummaries"]!.AsArray());
        Assert.Empty((await bedrock.GetAsync("/async-invoke?statusEquals=Failed")).Json["asyncInvokeSummaries"]!.AsArray());
    }

    [Fact]
    public async Task SaysSoWhereItDoesNotKnowAnOperation()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        Assert.Contains("doesn't speak InvokeModelWithBidirectionalStream", (await bedrock.PostAsync("/model/amazon.nova-sonic-v1%3A0/invoke-with-bidirectional-stream", "{}")).Error.Message, StringComparison.Ordinal);
        var unknown = await bedrock.PostAsync("/nothing/here", "{}");
        Assert.Equal((HttpStatusCode.NotFound, "UnknownOperationException"), (unknown.Status, unknown.Error.Name));
        Assert.Equal("Unknown", (await bedrock.LastLoggedAsync()).Operation);
    }

    [Fact]
    public async Task DescribesAwsOwnProfiles()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var json = (await bedrock.GetAsync("/inference-profiles/us.amazon.nova-lite-v1%3A0")).Json;
        Assert.Equal(("SYSTEM_DEFINED", "ACTIVE"), (json["type"]!.GetValue<string>(), json["status"]!.GetValue<string>()));
        Assert.Equal("ResourceNotFoundException", (await bedrock.GetAsync("/inference-profiles/unknown")).Error.Name);
        Assert.Equal("GetInferenceProfile", (await bedrock.LastLoggedAsync()).Operation);
    }
}
