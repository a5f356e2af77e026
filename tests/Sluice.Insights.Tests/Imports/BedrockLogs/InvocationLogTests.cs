using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.BedrockLogs;

/// <summary>The shape is that of AWS's user guide, model invocation logging, schema 1.0.</summary>
public sealed class InvocationLogTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CountsTheTokensOfAnHourWithoutMoneyAndApartFromBills()
    {
        var result = _folder.ImportText(Line("a", 25, 150) + Line("b", 5, 50) + Line("c", 1, 1, hour: "13"), "log.json");

        Assert.Equal((BillSource.BedrockLogs, 6, 4), (result.Source, result.Rows, result.NewCharges));
        var rows = _folder.Counted();
        Assert.Equal([(UsageKind.Input, 31m), (UsageKind.Output, 201m)], rows.Select(r => (r.Facet.Kind!.Value, r.Amounts.Quantity!.Value)));
        Assert.All(rows, r => Assert.Equal(("counted", null, "anthropic.claude-sonnet-4-5-20250929-v1:0", "global", """{"team":"search"}""", "tokens"),
            (r.Basis, r.Amounts.Billed, r.Facet.Model, r.Facet.Scope, r.Facet.Tags, r.Facet.Unit)));
        Assert.Empty(_folder.Rows());
        Assert.Null(_folder.Store.Coverage());
    }

    [Fact]
    public void ACallIsCountedOnceWhicheverFilesHaveIt()
    {
        _folder.ImportText(Line("a", 25, 150) + Line("b", 5, 50), "first.json");
        var second = _folder.ImportText(Line("b", 5, 50) + Line("c", 7, 9) + Line("c", 7, 9), "second.json");
        var again = _folder.ImportText(Line("a", 25, 150) + Line("b", 5, 50), "copy.json");

        Assert.Equal([37m, 209m], _folder.Counted().Select(r => r.Amounts.Quantity!.Value));
        Assert.Equal((4, 4), (second.KnownRows, again.KnownRows));
    }

    [Fact]
    public void CacheWritesForAnHourAreFoundInTheReply()
    {
        _folder.ImportText(
            Line("a", 3, 8, more: "\"cacheReadInputTokenCount\":100,\"cacheWriteInputTokenCount\":9634,", reply: """[{"type":"message_start","message":{"usage":{"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":9634}}}}]""")
            + Line("b", 3, 8, more: "\"cacheWriteInputTokenCount\":50,", reply: """{"usage":{"cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":30}}}"""), "log.json");

        Assert.Equal([(UsageKind.Input, 6m), (UsageKind.CacheRead, 100m), (UsageKind.CacheWrite1h, 9_664m), (UsageKind.Output, 16m), (UsageKind.CacheWrite5m, 20m)],
            _folder.Counted().Select(r => (r.Facet.Kind!.Value, r.Amounts.Quantity!.Value)));
    }

    [Fact]
    public void ABadLineIsSetAsideAndACallThatFailedCountsNothing()
    {
        var result = _folder.ImportText(
            Line("a", 25, 150) + "{\"schemaType\": oops\n" + """{"schemaType":"ModelInvocationLog","timestamp":"2026-11-20T12:00:00Z","modelId":"amazon.nova-lite-v1:0","errorCode":"ThrottlingException","input":{},"output":{}}""" + "\n{\"x\":1}\n", "log.json");

        Assert.Equal((2, 2), (result.Rows, result.SetAside));
        Assert.Equal([2L, 4L], result.SetAsideRows.Select(r => r.Line));
    }

    private static string Line(string id, int input, int output, string hour = "12", string more = "", string reply = "{}") =>
        $$$"""{"schemaType":"ModelInvocationLog","schemaVersion":"1.0","timestamp":"2026-11-20T{{{hour}}}:34:56Z","accountId":"111122223333","region":"eu-west-1","requestId":"{{{id}}}","operation":"Converse","modelId":"global.anthropic.claude-sonnet-4-5-20250929-v1:0","identity":{"arn":"arn:aws:iam::111122223333:user/a"},"requestMetadata":{"team":"search"},"input":{"inputContentType":"application/json","inputBodyJson":{},{{{more}}}"inputTokenCount":{{{input}}}},"output":{"outputBodyJson":{{{reply}}},"outputTokenCount":{{{output}}}}}""" + "\n";
}
