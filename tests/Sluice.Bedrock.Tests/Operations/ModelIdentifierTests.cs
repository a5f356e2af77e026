using System.Text.Json;
using Sluice.Testing;
using static Sluice.Bedrock.Operations.ModelIdentifierKind;

namespace Sluice.Bedrock.Operations;

public sealed class ModelIdentifierTests
{
    [Theory]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0", null)]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0", "us")]
    [InlineData("eu.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "eu")]
    [InlineData("apac.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0", "apac")]
    [InlineData("jp.anthropic.claude-opus-4-7", "anthropic.claude-opus-4-7", "jp")]
    [InlineData("au.anthropic.claude-sonnet-5", "anthropic.claude-sonnet-5", "au")]
    [InlineData("in.openai.gpt-5.6-luna", "openai.gpt-5.6-luna", "in")]
    [InlineData("ca.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "ca")]
    [InlineData("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0", "us-gov")]
    [InlineData("global.anthropic.claude-opus-4-6-v1", "anthropic.claude-opus-4-6-v1", "global")]
    [InlineData("deepseek.v3.2", "deepseek.v3.2", null)]
    [InlineData("us.deepseek.v3.2", "deepseek.v3.2", "us")]
    [InlineData("minimax.minimax-m2.1", "minimax.minimax-m2.1", null)]
    [InlineData("openai.gpt-oss-120b-1:0", "openai.gpt-oss-120b-1:0", null)]
    [InlineData("mx.anthropic.claude-sonnet-9", "anthropic.claude-sonnet-9", "mx")]
    public void ReadsTheIdOfAModelOrProfile(string raw, string baseModel, string? profile)
    {
        var id = ModelIdentifier.Parse(raw);

        Assert.Equal((raw, baseModel, profile), (id.Raw, id.BaseModel, id.Profile));
        Assert.Equal(profile is null ? FoundationModel : InferenceProfile, id.Kind);
        Assert.Equal((raw, null, null), (id.ResourceId, id.Region, id.AccountId));
    }

    [Theory]
    [InlineData("anthropic.claude-v2:1:200k", "anthropic.claude-v2:1")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0:48k", "anthropic.claude-3-haiku-20240307-v1:0")]
    [InlineData("amazon.nova-sonic-v1:0:mm", "amazon.nova-sonic-v1:0")]
    [InlineData("cohere.embed-english-v3:0:512", "cohere.embed-english-v3:0")]
    [InlineData("amazon.titan-text-express-v1:8k", "amazon.titan-text-express-v1")]
    [InlineData("us.amazon.nova-premier-v1:0:1000k", "amazon.nova-premier-v1:0")]
    [InlineData("anthropic.claude-v2:1", "anthropic.claude-v2:1")]
    public void CutsOffTheContextOfAVariant(string raw, string baseModel) =>
        Assert.Equal(baseModel, ModelIdentifier.Parse(raw).BaseModel);

    [Theory]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", FoundationModel, "us-east-1", null, "amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", null)]
    [InlineData("arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.amazon.nova-lite-v1:0", InferenceProfile, "us-west-2", "123456789012", "us.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "us")]
    [InlineData("arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us-gov.amazon.nova-lite-v1:0", InferenceProfile, "us-gov-west-1", "123456789012", "us-gov.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0", "us-gov")]
    [InlineData("arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6", ApplicationInferenceProfile, "eu-west-1", "123456789012", "a1b2c3d4e5f6", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdef123456", ProvisionedModel, "us-east-1", "123456789012", "abcdef123456", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdef123456", ImportedModel, "us-east-1", "123456789012", "abcdef123456", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdef123456", CustomModelDeployment, "us-east-1", "123456789012", "abcdef123456", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:prompt-router/abcdef123456", PromptRouter, "us-east-1", "123456789012", "abcdef123456", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:default-prompt-router/anthropic.claude:1", DefaultPromptRouter, "us-east-1", "123456789012", "anthropic.claude:1", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEF1234:2", Prompt, "us-east-1", "123456789012", "ABCDEF1234:2", null, null)]
    [InlineData("arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint", SageMakerEndpoint, "us-east-1", "123456789012", "my-endpoint", null, null)]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova/abc", Unknown, "us-east-1", "123456789012", "amazon.nova/abc", null, null)]
    public void ReadsAnArn(string raw, ModelIdentifierKind kind, string region, string? account, string resource, string? baseModel, string? profile)
    {
        var id = ModelIdentifier.Parse(raw);

        Assert.Equal((kind, region, account, resource), (id.Kind, id.Region, id.AccountId, id.ResourceId));
        Assert.Equal((raw, baseModel, profile), (id.Raw, id.BaseModel, id.Profile));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData("us.")]
    [InlineData("us.claude")]
    [InlineData("us..claude")]
    [InlineData("claude-sonnet-4-5")]
    [InlineData("my model.x")]
    [InlineData("arn:")]
    [InlineData("arn:aws:bedrock")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model")]
    [InlineData("arn:aws:bedrock:us-east-1::foundation-model/")]
    [InlineData("../../etc/passwd")]
    public void LeavesTheRestUnknown(string raw)
    {
        var id = ModelIdentifier.Parse(raw);
        Assert.Equal((raw, Unknown, null, null), (id.Raw, id.Kind, id.BaseModel, id.Profile));
    }

    [Fact]
    public void AnOverlongIdentifierIsUnknown() => Assert.Equal(Unknown, ModelIdentifier.Parse("a." + new string('b', 3000)).Kind);

    [Fact]
    public void KnowsTheFormOfEveryModelThatHasAPrice()
    {
        using var prices = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path("reference/prices/modelsdev_bedrock.json")));
        var models = prices.RootElement.TryGetProperty("models", out var inner) ? inner : prices.RootElement;
        var count = 0;
        foreach (var model in models.EnumerateObject())
        {
            var id = ModelIdentifier.Parse(model.Name);
            Assert.True(id.BaseModel is not null, model.Name);
            Assert.Equal(model.Name, id.Profile is null ? id.BaseModel : $"{id.Profile}.{id.BaseModel}");
            Assert.True(ModelFamilies.DialectOf(id.BaseModel) is not Core.Invocations.Dialect.Unknown, model.Name);
            count++;
        }
        Assert.True(count > 150, $"Only {count} models were found in the price file.");
    }

    [Fact]
    public void NeverThrows()
    {
        var random = new Random(20261121);
        string[] pieces = ["arn:", "aws:", "bedrock", ":", "::", "/", ".", "us", "global.", "foundation-model/", "inference-profile/", ":0", ":200k", "\0", "\ud800", "anthropic"];
        for (var round = 0; round < 50_000; round++)
        {
            var raw = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => pieces[random.Next(pieces.Length)]));
            var id = ModelIdentifier.Parse(raw);
            Assert.Equal(raw, id.Raw);
            Assert.True(id.BaseModel is null || id.Kind is FoundationModel or InferenceProfile);
        }
    }
}
