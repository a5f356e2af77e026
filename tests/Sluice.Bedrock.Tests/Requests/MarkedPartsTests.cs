using System.Text;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests;

/// <summary>What the cache markers of a request cover, read with the rest of its facts.</summary>
public sealed class MarkedPartsTests
{
    private const string Tools = """ "tools":[{"name":"look","description":"123","input_schema":{}}] """;
    private const string System = """ "system":[{"type":"text","text":"12345678","cache_control":{"type":"ephemeral"}},{"type":"text","text":"more"}] """;
    private const string Messages = """ "messages":[{"role":"user","content":"1234567890123456"}] """;

    [Fact]
    public void WithoutAMarkerThereIsNone() =>
        Assert.Equal(default, Read($"{{{Messages}}}"));

    [Fact]
    public void CoversWhatStandsBeforeTheLastMarker()
    {
        var prefix = Read($"{{{System},{Messages}}}");
        Assert.Equal(2, prefix.EstimatedTokens);
        Assert.Equal(prefix, Read($"{{{System},{Messages.Replace("16", "99", StringComparison.Ordinal)}}}"));
        Assert.NotEqual(prefix.Hash, Read($"{{{System.Replace("12345678", "12345679", StringComparison.Ordinal)},{Messages}}}").Hash);
    }

    /// <summary>A cache reads tools, system, messages, and JSON has no order.</summary>
    [Fact]
    public void TheOrderOfTheJsonCountsForNothing()
    {
        var prefix = Read($"{{{Tools},{System},{Messages}}}");
        Assert.Equal(prefix.EstimatedTokens, Read($"{{{Messages},{System},{Tools}}}").EstimatedTokens);
        Assert.True(prefix.EstimatedTokens > 2);
        Assert.NotEqual(prefix.Hash, Read($"{{{Tools.Replace("look", "find", StringComparison.Ordinal)},{System},{Messages}}}").Hash);
    }

    [Fact]
    public void AMarkerInTheMessagesCoversAllThatComesBeforeThem()
    {
        const string Marked = """ "messages":[{"role":"user","content":[{"text":"1234"},{"cachePoint":{"type":"default"}},{"text":"5678"}]}] """;
        Assert.Equal(4, Read($"{{{Marked},{System}}}").EstimatedTokens);
    }

    [Fact]
    public void ABodyThatIsNotWellFormedHasNone() =>
        Assert.Equal(default, Read($"{{{System},{Messages}"));

    private static MarkedPrefix Read(string body) =>
        RequestReader.Read(Operation.Converse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", _ => null, Encoding.UTF8.GetBytes(body)).MarkedPrefix;
}
