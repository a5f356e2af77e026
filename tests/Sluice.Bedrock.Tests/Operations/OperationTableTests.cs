using System.Text.RegularExpressions;
using Sluice.Core.Invocations;
using Sluice.Testing;

namespace Sluice.Bedrock.Operations;

public sealed class OperationTableTests
{
    private const string Claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string EscapedClaude = "us.anthropic.claude-sonnet-4-5-20250929-v1%3A0";
    private const string ProfileArn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6";
    private const string EscapedProfileArn = "arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aapplication-inference-profile%2Fa1b2c3d4e5f6";

    [Theory]
    [InlineData("invoke", Operation.InvokeModel)]
    [InlineData("invoke-with-response-stream", Operation.InvokeModelWithResponseStream)]
    [InlineData("invoke-with-bidirectional-stream", Operation.InvokeModelWithBidirectionalStream)]
    [InlineData("converse", Operation.Converse)]
    [InlineData("converse-stream", Operation.ConverseStream)]
    [InlineData("count-tokens", Operation.CountTokens)]
    public void FindsTheModelHoweverItIsEscaped(string action, Operation operation)
    {
        foreach (var (written, model) in new[]
        {
            (Claude, Claude), (EscapedClaude, Claude), (EscapedClaude.Replace("%3A", "%3a", StringComparison.Ordinal), Claude),
            (ProfileArn, ProfileArn), (EscapedProfileArn, ProfileArn),
        })
        {
            var match = OperationTable.Match("POST", $"/model/{written}/{action}");
            Assert.Equal(new OperationMatch(operation) { ModelIdentifier = model }, match);
        }
    }

    [Theory]
    [InlineData("POST", "/openai/v1/chat/completions", Operation.ChatCompletions)]
    [InlineData("POST", "/v1/chat/completions", Operation.ChatCompletions)]
    [InlineData("POST", "/openai/v1/responses", Operation.Responses)]
    [InlineData("POST", "/v1/responses", Operation.Responses)]
    [InlineData("POST", "/openai/v1/embeddings", Operation.Embeddings)]
    [InlineData("POST", "/v1/embeddings", Operation.Embeddings)]
    [InlineData("POST", "/anthropic/v1/messages", Operation.Messages)]
    [InlineData("POST", "/anthropic/v1/messages?beta=true", Operation.Messages)]
    [InlineData("POST", "/anthropic/v1/messages/count_tokens", Operation.MessagesCountTokens)]
    [InlineData("POST", "/guardrail-checks/invoke", Operation.InvokeGuardrailChecks)]
    [InlineData("POST", "/async-invoke", Operation.StartAsyncInvoke)]
    [InlineData("GET", "/async-invoke?maxResults=10&nextToken=a%2Fb", Operation.ListAsyncInvokes)]
    public void RecognisesAPathWithoutLabels(string method, string path, Operation operation) =>
        Assert.Equal(new OperationMatch(operation), OperationTable.Match(method, path));

    [Theory]
    [InlineData("/guardrail/gr-abc123/version/DRAFT/apply", "gr-abc123", "DRAFT")]
    [InlineData("/guardrail/arn:aws:bedrock:us-east-1:123456789012:guardrail/abc/version/3/apply", "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc", "3")]
    [InlineData("/guardrail/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aguardrail%2Fabc/version/3/apply", "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc", "3")]
    public void FindsTheGuardrail(string path, string id, string version) =>
        Assert.Equal(
            new OperationMatch(Operation.ApplyGuardrail) { GuardrailIdentifier = id, GuardrailVersion = version },
            OperationTable.Match("POST", path));

    [Fact]
    public void FindsTheAsynchronousInvocation() =>
        Assert.Equal(
            new OperationMatch(Operation.GetAsyncInvoke) { InvocationArn = "arn:aws:bedrock:us-east-1:1:async-invoke/x" },
            OperationTable.Match("GET", "/async-invoke/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aasync-invoke%2Fx"));

    [Theory]
    [InlineData("GET", "/model/amazon.nova-lite-v1:0/converse")]
    [InlineData("POST", "/model/amazon.nova-lite-v1:0/speak")]
    [InlineData("POST", "/model/converse")]
    [InlineData("POST", "/model//converse")]
    [InlineData("POST", "/model/amazon.nova-lite-v1:0/converse/")]
    [InlineData("POST", "/guardrail/version/1/apply")]
    [InlineData("POST", "/guardrail/a/version//apply")]
    [InlineData("POST", "/guardrail//version/1/apply")]
    [InlineData("GET", "/async-invoke/")]
    [InlineData("GET", "/openai/v1/models")]
    [InlineData("GET", "/v1/responses/a/b")]
    [InlineData("POST", "/v1/files/")]
    [InlineData("POST", "")]
    [InlineData("POST", "/")]
    [InlineData("", "?")]
    public void LeavesTheRestUnknown(string method, string path) =>
        Assert.Equal(new OperationMatch(Operation.Unknown), OperationTable.Match(method, path));

    [Fact]
    public void KnowsEveryOperationOfTheServiceModel()
    {
        var shapes = File.ReadAllText(SharedFolder.Path("reference/shapes/bedrock-runtime.txt"));
        var operations = Regex.Matches(shapes, """^OP (?<name>\w+) \{"http":\["(?<method>\w+)","(?<path>[^"]+)",200\]""", RegexOptions.Multiline, TimeSpan.FromSeconds(5));
        Assert.Equal(11, operations.Count);
        foreach (Match operation in operations)
        {
            var path = Regex.Replace(operation.Groups["path"].Value, @"\{\w+\}", "label", RegexOptions.None, TimeSpan.FromSeconds(5));
            Assert.Equal(operation.Groups["name"].Value, OperationTable.Match(operation.Groups["method"].Value, path).Operation.ToString());
        }
    }

    [Fact]
    public void NeverThrows()
    {
        var random = new Random(20261121);
        string[] pieces = ["/model/", "/guardrail/", "/version/", "/apply", "/converse", "/async-invoke/", "%", "%3", "%ff", "%00", "?", ":", "/", "a", "\u00e9", "\ud800"];
        for (var round = 0; round < 20_000; round++)
        {
            var path = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            var match = OperationTable.Match(random.Next(2) == 0 ? "POST" : "GET", path);
            if (match.ModelIdentifier is { } model)
                Assert.NotEmpty(ModelIdentifier.Parse(model).Raw);
        }
    }
}
