using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Stages.Keeping;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Stages.Keeping;

public sealed class InvocationLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-keep-");
    private readonly GatewayMetrics _metrics = new();

    private string Bodies => Path.Combine(_folder.FullName, "bodies");

    public void Dispose()
    {
        _metrics.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task WritesALineOfBedrocksOwnForm()
    {
        await using (var log = Open())
            log.Add(Call("{\n  \"messages\": []\n}", "{\"stopReason\":\"end_turn\"}"));
        using var line = JsonDocument.Parse(Assert.Single(Lines()));
        var root = line.RootElement;

        Assert.Equal("ModelInvocationLog", root.GetProperty("schemaType").GetString());
        Assert.Equal("Converse", root.GetProperty("operation").GetString());
        Assert.Equal(0, root.GetProperty("input").GetProperty("inputBodyJson").GetProperty("messages").GetArrayLength());
        Assert.Equal(7, root.GetProperty("input").GetProperty("inputTokenCount").GetInt32());
        Assert.Equal("end_turn", root.GetProperty("output").GetProperty("outputBodyJson").GetProperty("stopReason").GetString());
        Assert.Equal("0.25", root.GetProperty("sluice").GetProperty("cost_usd").GetString());
    }

    [Fact]
    public async Task AQueueThatIsFullDropsAndCountsInsteadOfWaiting()
    {
        const int Room = 4_096;
        var log = Open();
        // The clock stands, so nothing is taken out of the queue before the end.
        for (var i = 0; i < Room + 10; i++)
            log.Add(Call("{}", "{}"));
        Assert.Equal(10, log.Dropped);

        await log.DisposeAsync();
        Assert.Equal(Room, Lines().Count);
    }

    [Fact]
    public async Task WhatCantBeWrittenIsCounted()
    {
        var log = Open();
        Directory.Delete(Bodies);
        await File.WriteAllTextAsync(Bodies, "in the way", TestContext.Current.CancellationToken);
        log.Add(Call("{}", "{}"));
        await log.DisposeAsync();

        Assert.Equal(1, log.Dropped);
    }

    private InvocationLog Open() => new(Bodies, _metrics, new ManualTime(), NullLogger<InvocationLog>.Instance);

    private List<string> Lines()
    {
        var lines = new List<string>();
        foreach (var file in Directory.GetFiles(Bodies, "*.json.gz", SearchOption.AllDirectories))
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
            while (reader.ReadLine() is { } line)
                lines.Add(line);
        }
        return lines;
    }

    private static KeptCall Call(string request, string reply)
    {
        var usage = new Usage { Input = 7, Output = 5 };
        var body = Encoding.UTF8.GetBytes(request);
        var facts = RequestReader.Read(Operation.Converse, "amazon.nova-lite-v1:0", _ => null, body);
        return new KeptCall(
            new InvocationRecord { InvocationId = "i1", StartedAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero), Operation = Operation.Converse, RequestedModel = "amazon.nova-lite-v1:0", Region = "us-east-1", Usage = usage, Cost = Money.FromUsd(0.25m), DurationMs = 12 },
            new InvocationRequest { Method = "POST", Target = RequestTarget.Of("/model/x/converse"), Operation = Operation.Converse, Model = ModelIdentifier.Parse("amazon.nova-lite-v1:0"), Headers = new HeaderList(), Body = body, Facts = facts },
            Encoding.UTF8.GetBytes(reply), ReplyFraming.Json, "application/json", usage, AsSent: null);
    }
}
