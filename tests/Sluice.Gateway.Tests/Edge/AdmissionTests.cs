using FsCheck.Fluent;
using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Gateway.Edge;

namespace Sluice.Gateway.Tests.Edge;

public sealed class AdmissionTests
{
    [Theory]
    [InlineData("POST", "/model/amazon.nova-lite-v1:0/converse", Operation.Converse)]
    [InlineData("POST", "http://anything.example/v1/chat/completions?x", Operation.ChatCompletions)]
    [InlineData("GET", "/async-invoke/arn%3Aaws", Operation.GetAsyncInvoke)]
    [InlineData("DELETE", "/v1/responses/resp_1", Operation.StoredResponses)]
    [InlineData("GET", "/openai/v1/files/file-1/content", Operation.Files)]
    [InlineData("POST", "/v1/batches/batch_1/cancel", Operation.Batches)]
    [InlineData("GET", "/v1/models", Operation.Models)]
    public void WhatIsInTheTableIsAdmitted(string method, string target, Operation operation)
    {
        var admission = Admission.Of(method, target, UnknownOperations.Refuse);

        Assert.True(admission.IsAdmitted);
        Assert.Equal(operation, admission.Match.Operation);
    }

    [Theory]
    [InlineData("CONNECT", "x.evil.example:443", 405)]
    [InlineData("CONNECT", "/model/x/converse", 405)]
    [InlineData("TRACE", "/", 405)]
    [InlineData("PRI", "*", 405)]
    [InlineData("post", "/model/x/converse", 405)]
    [InlineData("OPTIONS", "*", 400)]
    [InlineData("POST", "model/x/converse", 400)]
    [InlineData("GET", "/model/x/converse", 405)]
    [InlineData("OPTIONS", "/model/x/converse", 405)]
    [InlineData("GET", "/v1/responses", 405)]
    [InlineData("POST", "/model/x/speak", 404)]
    [InlineData("GET", "/openai/v1/models", 404)]
    [InlineData("POST", "/v1/messages", 404)]
    [InlineData("GET", "/v1/responses/a/b", 404)]
    [InlineData("GET", "/health", 404)]
    public void WhatIsNotIsTurnedAway(string method, string target, int status) =>
        Assert.Equal(status, Admission.Of(method, target, UnknownOperations.Refuse).Refusal!.Status);

    [Theory]
    [InlineData("/v1/things", WireProtocol.OpenAi)]
    [InlineData("/openai/v1/models", WireProtocol.OpenAi)]
    [InlineData("/v1/messages", WireProtocol.Anthropic)]
    [InlineData("/anthropic/v1/models", WireProtocol.Anthropic)]
    [InlineData("/foundation-models", WireProtocol.Bedrock)]
    public void TheCallerIsToldInItsOwnProtocol(string target, WireProtocol protocol) =>
        Assert.Equal(protocol, Admission.Of("GET", target, UnknownOperations.Refuse).Protocol);

    [Fact]
    public void AMethodThatThePathDoesNotTakeIsAnsweredWithThoseItTakes() =>
        Assert.Equal("GET, POST", Admission.Of("PUT", "/async-invoke", UnknownOperations.Refuse).Refusal!.AllowedMethods);

    [Fact]
    public void ASessionThatSpeaksBothWaysIsRefusedAtOnceAndSaysWhy() => Assert.Contains(
        "InvokeModelWithBidirectionalStream", Admission.Of("POST", "/model/amazon.nova-2-sonic-v1%3A0/invoke-with-bidirectional-stream", UnknownOperations.Pass).Refusal!.Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("POST", "//")]
    [InlineData("GET", "/favicon.ico")]
    [InlineData("PUT", "/api/budgets")]
    [InlineData("DELETE", "/api")]
    [InlineData("GET", "//api/ledger")]
    [InlineData("GET", "/API/keys/")]
    [InlineData("GET", "/%61pi/keys")]
    [InlineData("GET", "/api%2Fkeys")]
    [InlineData("POST", "/debug/pprof")]
    [InlineData("POST", "/mcp")]
    [InlineData("POST", "/ui/login?x")]
    [InlineData("POST", "/metrics")]
    [InlineData("HEAD", "/Healthz")]
    [InlineData("POST", "http://bedrock.example/readyz")]
    public void SluicesOwnPathsNeverLeaveWhateverMayPass(string method, string target) =>
        Assert.Equal(404, Admission.Of(method, target, UnknownOperations.Pass).Refusal!.Status);

    [Fact]
    public void TheOwnerMayLetUnknownOperationsPassButNoOtherMethodOrTarget()
    {
        Assert.True(Admission.Of("PUT", "/apis/new", UnknownOperations.Pass).IsAdmitted);
        Assert.False(Admission.Of("CONNECT", "/apis/new", UnknownOperations.Pass).IsAdmitted);
        Assert.False(Admission.Of("PUT", "/apis/../api/new", UnknownOperations.Pass).IsAdmitted);
    }

    [Fact]
    public void EveryRequestLineIsEitherAdmittedOrRefusedWithAClientError() => FsCheck.Check.One(RandomTargets.Config(10_000), Prop.ForAll(RandomTargets.Any.ToArbitrary(), raw =>
    {
        foreach (var method in new[] { "POST", "GET", "CONNECT", "OPTIONS", "\u00e9", "" })
        {
            var admission = Admission.Of(method, raw, UnknownOperations.Pass);
            Assert.True(admission.IsAdmitted ? admission.Refusal is null : admission.Refusal.Status is 400 or 404 or 405);
        }
    }));
}
