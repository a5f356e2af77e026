using System.Net;
using Sluice.Bedrock.EventStreams;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Faults;

/// <summary>What a client sees of each fault, and that a reply that failed is on no bill.</summary>
public sealed class FaultsOnTheWireTests
{
    private const string StreamPath = "/model/us.amazon.nova-lite-v1%3A0/converse-stream";

    private static async Task<(int Frames, EventStreamError Error, bool WasCut)> ReadStreamAsync(SimulatedBedrock bedrock, string fault)
    {
        using var reply = await bedrock.SendAsync(StreamPath, Ask("Tell me"), HttpCompletionOption.ResponseHeadersRead, ("x-simulator-fault", fault));
        await using var body = await reply.Content.ReadAsStreamAsync();
        using var decoder = new EventStreamDecoder();
        var buffer = new byte[4_096];
        var frames = 0;
        try
        {
            while (await body.ReadAsync(buffer) is > 0 and var read)
            {
                ReadOnlySpan<byte> chunk = buffer.AsSpan(0, read);
                while (decoder.TryRead(ref chunk, out var frame))
                {
                    if (frame.Error != EventStreamError.None)
                        return (frames, frame.Error, false);
                    frames++;
                }
            }
            return (frames, EventStreamError.None, false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (frames, EventStreamError.None, true);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task CutsAStreamBehindAsManyFramesAsAskedFor(int frames)
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        Assert.Equal((frames, EventStreamError.None, true), await ReadStreamAsync(bedrock, $"cut-after={frames}"));
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((SimulatedOutcome.Cut, false, 0), (logged.Outcome, logged.Billed, logged.Output));
        Assert.Equal(0, bedrock.Host.Bill.TotalUsd);
    }

    [Fact]
    public async Task LeavesAReplyAloneThatHasToldItsUsage()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        const string Body = """{"anthropic_version":"bedrock-2023-05-31","max_tokens":4,"messages":[{"role":"user","content":"Hi"}]}""";
        // Start, block start, one delta, block stop and the message's delta, which has all counts; only its stop is left.
        var chunks = await bedrock.InvokeStreamAsync(Sonnet, Body, ("x-simulator-fault", "cut-after=5"));
        Assert.Equal("message_stop", chunks[^1]["type"]!.GetValue<string>());
        Assert.Equal(6, chunks.Count);
        Assert.True((await bedrock.LastLoggedAsync()).Billed);
    }

    [Fact]
    public async Task DamagesAFrameSoThatItsChecksumFails()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        Assert.Equal((2, EventStreamError.MessageChecksum, false), await ReadStreamAsync(bedrock, "corrupt-frame=2"));
        Assert.Equal(SimulatedOutcome.Corrupted, (await bedrock.LastLoggedAsync()).Outcome);
    }

    [Fact]
    public async Task EndsAStreamWithTheModelsException()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var events = await bedrock.ConverseStreamAsync(Nova, Ask("Tell me"), ("x-simulator-fault", "stream-error=throttlingException@3"));
        Assert.Equal(["messageStart", "contentBlockDelta", "contentBlockDelta", "!throttlingException"], events.Select(e => e.Name));
        Assert.Equal("""{"message":"Too many requests, please wait before trying again."}""", events[^1].Json.ToJsonString());
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((SimulatedOutcome.StreamError, "ThrottlingException", false), (logged.Outcome, logged.Error, logged.Billed));
    }

    [Fact]
    public async Task StallsUntilTheTimeIsUpAndThenCuts()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { StallFor = TimeSpan.FromMinutes(1) });
        var reading = ReadStreamAsync(bedrock, "stall-after=2");
        await bedrock.UntilItWaitsAsync();
        bedrock.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((2, EventStreamError.None, true), await reading);
        Assert.Equal(SimulatedOutcome.Stalled, (await bedrock.LastLoggedAsync()).Outcome);
    }

    [Fact]
    public async Task CutsAPlainReplyInItsMiddleWithoutSayingWhatItCounted()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        using var reply = await bedrock.SendAsync("/model/us.amazon.nova-lite-v1%3A0/invoke", """{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}""",
            HttpCompletionOption.ResponseHeadersRead, ("x-simulator-fault", "cut-after=0"));
        Assert.False(reply.Headers.Contains("X-Amzn-Bedrock-Input-Token-Count"));
        await Assert.ThrowsAnyAsync<Exception>(() => reply.Content.ReadAsByteArrayAsync());
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((SimulatedOutcome.Cut, false), (logged.Outcome, logged.Billed));
    }

    [Theory]
    [InlineData("AccessDeniedException", 403)]
    [InlineData("InternalServerException", 500)]
    [InlineData("ModelErrorException", 424)]
    [InlineData("ModelNotReadyException", 429)]
    [InlineData("ModelStreamErrorException", 424)]
    [InlineData("ModelTimeoutException", 408)]
    [InlineData("ResourceNotFoundException", 404)]
    [InlineData("ServiceQuotaExceededException", 400)]
    [InlineData("ServiceUnavailableException", 503)]
    [InlineData("ThrottlingException", 429)]
    [InlineData("ValidationException", 400)]
    [InlineData("ConflictException", 400)]
    public async Task AnswersWithAnyErrorOfTheModelOnRequest(string name, int status)
    {
        // Names and statuses: bedrock.md, section 1.3.
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var refused = await bedrock.ConverseAsync(Nova, Ask("Hi"), ("x-simulator-fault", $"error={name}"));
        Assert.Equal((HttpStatusCode)status, refused.Status);
        Assert.Equal($"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/", refused.Headers["x-amzn-ErrorType"]);
        Assert.Null(refused.Json["__type"]);
        Assert.False((await bedrock.LastLoggedAsync()).Billed);
    }

    [Fact]
    public async Task ASeedBringsTheSameFaultsInTheSameOrder()
    {
        var options = new SimulatorOptions { Seed = 3, Faults = FaultRates.Parse("throttle=0.2,error=0.2") };
        var runs = new List<List<HttpStatusCode>>();
        for (var run = 0; run < 2; run++)
        {
            await using var bedrock = await SimulatedBedrock.StartAsync(options);
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < 40; i++)
                statuses.Add((await bedrock.ConverseAsync(Nova, Ask("Hi"))).Status);
            runs.Add(statuses);
        }
        Assert.Equal(runs[0], runs[1]);
        Assert.Contains(HttpStatusCode.OK, runs[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, runs[0]);
    }
}
