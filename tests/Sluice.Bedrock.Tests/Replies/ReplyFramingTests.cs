using Sluice.Bedrock.Replies;

namespace Sluice.Bedrock.Tests.Replies;

public sealed class ReplyFramingTests
{
    [Theory]
    [InlineData("application/vnd.amazon.eventstream", ReplyFraming.EventStream)]
    [InlineData("text/event-stream; charset=utf-8", ReplyFraming.ServerSentEvents)]
    [InlineData("Text/Event-Stream", ReplyFraming.ServerSentEvents)]
    [InlineData("application/json", ReplyFraming.Json)]
    [InlineData("", ReplyFraming.Json)]
    [InlineData(null, ReplyFraming.Json)]
    public void ContentTypeTellsTheFraming(string? contentType, ReplyFraming framing) =>
        Assert.Equal(framing, ReplyFramings.Of(contentType));
}
