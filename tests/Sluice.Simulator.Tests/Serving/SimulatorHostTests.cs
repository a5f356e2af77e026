using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using static Sluice.Simulator.Tests.SimulatedBedrock;

namespace Sluice.Simulator.Tests.Serving;

public sealed class SimulatorHostTests
{
    [Fact]
    public async Task SaysWhichAddressIsTakenAndHowToGetAnother()
    {
        await using var first = await SimulatorHost.StartAsync(new SimulatorOptions());
        var url = first.Address.AbsoluteUri;
        var e = await Assert.ThrowsAsync<SimulatorStartException>(() => SimulatorHost.StartAsync(new SimulatorOptions { Urls = [url] }));
        Assert.Contains(url, e.Message, StringComparison.Ordinal);
        Assert.Contains("--urls another port", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("nonsense")]
    public async Task RefusesAnAddressThatItCannotServe(string url) =>
        Assert.Contains(url, (await Assert.ThrowsAsync<SimulatorStartException>(() => SimulatorHost.StartAsync(new SimulatorOptions { Urls = [url] }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task RefusesFilesThatItCannotWriteAndProfilesOfUnknownModels()
    {
        foreach (var options in (SimulatorOptions[])[
            new() { BillPath = "/no/such/folder/bill.csv" }, new() { LogPath = "/no/such/folder/log.jsonl" },
            new() { InferenceProfiles = [new SimulatedProfile("a", "a", "nobody.knows-it")] }])
        {
            await Assert.ThrowsAsync<SimulatorStartException>(() => SimulatorHost.StartAsync(options));
        }
    }

    [Fact]
    public async Task SpeaksHttp2ByPriorKnowledgeOnTheSamePort()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bedrock.Host.Address, "/model/us.amazon.nova-lite-v1%3A0/converse"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(Ask("Hi"), Encoding.UTF8, "application/json"),
        };
        using var reply = await bedrock.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (reply.StatusCode, reply.Version));
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask("Hi"))).Status);
    }

    [Fact]
    public async Task TakesABodyOfTwentyMegabytesAndRefusesOneOfThirty()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await bedrock.ConverseAsync(Nova, Ask(new string('x', 20_000_000), 5))).Status);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/model/us.amazon.nova-lite-v1%3A0/converse") { Content = new StringContent(Ask(new string('x', 30_000_000), 5)) };
        request.Headers.ExpectContinue = true;
        using var refused = await bedrock.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task BillsAReplyInFullWhoseClientLeftBeforeItsFirstByte()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Speed = 1 });
        using var leaving = new CancellationTokenSource();
        var asking = bedrock.Client.PostAsync("/model/us.amazon.nova-lite-v1%3A0/converse", new StringContent(Ask("Hello there")), leaving.Token);
        await bedrock.UntilItWaitsAsync();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await AssertBilledInFullAsync(bedrock);
    }

    [Fact]
    public async Task BillsAStreamInFullWhoseClientLeftInTheMiddle()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Speed = 1 });
        var asking = bedrock.SendAsync("/model/us.amazon.nova-lite-v1%3A0/converse-stream", Ask("Hello there"), HttpCompletionOption.ResponseHeadersRead);
        await bedrock.UntilItWaitsAsync();
        // Nova Lite's first token comes after 300 ms and a little; the next frames take 33 ms each.
        bedrock.Time.Advance(TimeSpan.FromMilliseconds(305));
        using (var reply = await asking)
        {
            await using var body = await reply.Content.ReadAsStreamAsync();
            Assert.True(await body.ReadAsync(new byte[1]) > 0);
            await bedrock.UntilItWaitsAsync();
        }
        await AssertBilledInFullAsync(bedrock);
    }

    private static async Task AssertBilledInFullAsync(SimulatedBedrock bedrock)
    {
        var logged = await bedrock.LastLoggedAsync();
        Assert.Equal((SimulatedOutcome.ClientGone, true), (logged.Outcome, logged.Billed));
        Assert.True(logged.Output > 5 && bedrock.Host.Bill.TotalUsd > 0);
    }

    [Fact]
    public async Task LogsARequestWhoseClientDiedWhileSendingIt()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, bedrock.Host.Address.Port);
            await socket.SendAsync("POST /model/amazon.nova-lite-v1%3A0/converse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{\"mess"u8.ToArray());
            // A connection that ends before its request was looked at carries none.
            while (bedrock.Host.WhenIdleAsync().IsCompleted)
                await Task.Yield();
            socket.Shutdown(SocketShutdown.Send);
            try
            {
                Assert.Equal(0, await socket.ReceiveAsync(new byte[256]));
            }
            catch (SocketException)
            {
                // A reset says the same as an orderly end: there is no reply.
            }
        }
        await bedrock.Host.WhenIdleAsync();
        var logged = Assert.Single(bedrock.Host.Log);
        Assert.Equal((SimulatedOutcome.IncompleteRequest, false, "Converse"), (logged.Outcome, logged.Billed, logged.Operation));
    }

    [Fact]
    public async Task WritesEachRequestAsALineOfTheLogFile()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sluice-log").FullName, "log.jsonl");
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { LogPath = path });
        var answer = await bedrock.ConverseAsync(Sonnet, Ask("Hello there", 20), ("amz-sdk-invocation-id", "11111111-2222"));
        await bedrock.ConverseAsync("nonsense", "{}");
        var lines = File.ReadAllLines(path).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(2, lines.Count);
        Assert.Equal(answer.Headers["x-amzn-requestid"], lines[0]["request_id"]!.GetValue<string>());
        Assert.Equal(["time", "request_id", "sdk_invocation_id", "operation", "model", "base_model", "profile", "region", "tier", "batch", "latency_optimized", "status", "outcome", "error", "billed", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "units", "streamed"], lines[0].AsObject().Select(field => field.Key));
        Assert.Equal(("11111111-2222", "completed", "global"), (lines[0]["sdk_invocation_id"]!.GetValue<string>(), lines[0]["outcome"]!.GetValue<string>(), lines[0]["profile"]!.GetValue<string>()));
        Assert.Equal(("error", 400, false), (lines[1]["outcome"]!.GetValue<string>(), lines[1]["status"]!.GetValue<int>(), lines[1]["billed"]!.GetValue<bool>()));
        Assert.Equal(string.Join('\n', File.ReadAllLines(path)) + "\n", (await bedrock.GetAsync("/_simulator/log")).Text);
    }

    [Fact]
    public async Task LinesOfManyCallersAtOnceStayWhole()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("sluice-log").FullName, "log.jsonl");
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { LogPath = path, LogCapacity = 10 });
        await Parallel.ForAsync(0, 400, async (i, _) => await bedrock.ConverseAsync(Nova, Ask("Question " + i, 5)));
        var ids = File.ReadAllLines(path).Select(line => JsonNode.Parse(line)!["request_id"]!.GetValue<string>()).ToList();
        Assert.Equal(400, ids.Distinct().Count());
        Assert.Equal(10, bedrock.Host.Log.Count);
        Assert.Equal(400, bedrock.Host.Bill.Calls);
    }

    [Fact]
    public async Task StartsAfreshOnReset()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync();
        var first = await bedrock.ConverseAsync(Nova, Ask("Hi"));
        Assert.Equal(HttpStatusCode.NoContent, (await bedrock.PostAsync("/_simulator/reset", "")).Status);
        Assert.Equal((0, 0m), (bedrock.Host.Log.Count, bedrock.Host.Bill.TotalUsd));
        Assert.Equal(first.Headers["x-amzn-requestid"], (await bedrock.ConverseAsync(Nova, Ask("Hi"))).Headers["x-amzn-requestid"]);
        var bill = (await bedrock.GetAsync("/_simulator/bill?format=json")).Json;
        Assert.Equal((bedrock.Host.Bill.TotalUsd, 1), (bill["total_usd"]!.GetValue<decimal>(), bill["calls"]!.GetValue<int>()));
    }

    [Fact]
    public async Task TakesItsTimeByTheClockAndReportsIt()
    {
        await using var bedrock = await SimulatedBedrock.StartAsync(new SimulatorOptions { Speed = 0.5 });
        var asking = bedrock.ConverseAsync(Nova, Ask("Hello there"));
        await bedrock.UntilItWaitsAsync();
        bedrock.Time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Empty(bedrock.Host.Log);
        bedrock.Time.Advance(TimeSpan.FromMinutes(1));
        // Half of Nova Lite's 300 ms to the first token, and something for the others.
        Assert.InRange((await asking).Json["metrics"]!["latencyMs"]!.GetValue<long>(), 151, 10_000);
    }
}
