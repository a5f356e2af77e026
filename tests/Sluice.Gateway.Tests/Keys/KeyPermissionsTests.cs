using Sluice.Bedrock.Operations;
using Sluice.Core.Invocations;
using Sluice.Gateway.Keys;

namespace Sluice.Gateway.Tests.Keys;

public sealed class KeyPermissionsTests
{
    private static readonly KeyPermissions Nova = new() { Models = ["us.amazon.nova-*", "amazon.nova-micro-v1:0"] };

    [Theory]
    [InlineData("us.amazon.nova-lite-v1:0", true)]
    [InlineData("amazon.nova-micro-v1:0", true)]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0", true)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0", true)]
    [InlineData("amazon.nova-lite-v1:0", false)]
    [InlineData("amazon.nova-micro-v1:0:24k", false)]
    [InlineData("eu.amazon.nova-lite-v1:0", false)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/us.amazon.nova-lite", false)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2", false)]
    public void ALimitedKeyMayCallTheModelsOfItsListAlone(string model, bool isAllowed) =>
        Assert.Equal(isAllowed, Nova.Objection(Operation.Converse, ModelIdentifier.Parse(model), isStateful: false) is null);

    [Theory]
    [InlineData(Operation.ChatCompletions, false)]
    [InlineData(Operation.Unknown, false)]
    [InlineData(Operation.CreateBatch, false)]
    [InlineData(Operation.ApplyGuardrail, true)]
    [InlineData(Operation.Models, true)]
    public void ACallThatCouldRunAModelWithoutNamingItIsNotAllowedToALimitedKey(Operation operation, bool isAllowed) =>
        Assert.Equal(isAllowed, (Nova with { Stateful = true }).Objection(operation, model: null, isStateful: false) is null);

    [Fact]
    public void OperationsAreLimitedByTheirNames()
    {
        var converse = new KeyPermissions { Operations = ["Converse", "ConverseStream"] };
        Assert.Null(converse.Objection(Operation.ConverseStream, null, isStateful: false));
        Assert.Contains("Converse, ConverseStream", converse.Objection(Operation.InvokeModel, null, isStateful: false), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatTheUpstreamKeepsIsForKeysThatMayUseItAlone()
    {
        Assert.Null(KeyPermissions.Ordinary.Objection(Operation.Converse, null, isStateful: false));
        Assert.NotNull(KeyPermissions.Ordinary.Objection(Operation.ListAsyncInvokes, null, isStateful: true));
        Assert.Null(new KeyPermissions { Stateful = true }.Objection(Operation.ListAsyncInvokes, null, isStateful: true));
    }
}
