using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays.Traces;

public sealed class AzureTraceTests
{
    [Fact]
    public void ReadsTimeAndLengths()
    {
        using var file = new TraceFile(AzureTrace.Header + "\r\n2023-11-16 18:17:03.9799600,4808,10\r\n");

        var request = Assert.Single(AzureTrace.Read(file.Path));
        Assert.Equal(new DateTimeOffset(2023, 11, 16, 18, 17, 3, TimeSpan.Zero).AddTicks(9_799_600), request.At);
        Assert.Equal((4808, 10), (request.InputTokens, request.OutputTokens));
        Assert.Empty(request.Spans);
    }

    [Theory]
    [InlineData("time,in,out", 1, "the header should be")]
    [InlineData(AzureTrace.Header + "\n2023-11-16 18:17:03,4808", 2, "2 fields")]
    [InlineData(AzureTrace.Header + "\nyesterday,4808,10", 2, "TIMESTAMP is 'yesterday'")]
    [InlineData(AzureTrace.Header + "\n2023-11-16 18:17:03,4808,-1", 2, "GeneratedTokens is '-1'")]
    public void NamesFileAndLineOfWhatIsWrong(string text, int line, string problem)
    {
        using var file = new TraceFile(text, isGzip: true);

        var error = Assert.Throws<TraceException>(() => AzureTrace.Read(file.Path).Count());
        Assert.Equal((file.Path, line), (error.File, error.Line));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("code", 8_819, 2_048, 27.9)]
    [InlineData("conv", 19_366, 1_155, 211)]
    public void ReadsTheRecordedTraces(string name, int rows, double input, double output)
    {
        // Rows and mean lengths as published with the traces.
        var requests = AzureTrace.Read(SharedFolder.Path($"data/traces/AzureLLMInferenceTrace_{name}.csv.gz")).ToList();

        Assert.Equal(rows, requests.Count);
        Assert.Equal(input, requests.Average(request => request.InputTokens), tolerance: 1);
        Assert.Equal(output, requests.Average(request => request.OutputTokens), tolerance: 1);
    }
}
