using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Sluice.Core.Invocations;
using Sluice.Insights.Buckets;
using Sluice.Lab.Replays.Recordings;
using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays.Recordings;

public sealed class LogRecordingTests : IDisposable
{
    private const string Folder = "AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/20/09";

    private static readonly DateTimeOffset Start = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-logs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ReadsTheFieldsOfTheFormat()
    {
        Write("one.json", Line(Start, "a"));
        var call = Assert.Single(Open().Calls());

        Assert.Equal((Start, Operation.Converse, "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1"), (call.At, call.Operation, call.ModelId, call.Region));
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/MyRole", call.Caller);
        Assert.Equal("orchestrator", call.Tags["team"]);
        Assert.Equal((25, 150), (call.Told!.Input, call.Told.Output));
        Assert.Equal("""{"messages":[{"role":"user","content":[{"text":"a"}]}]}""", Encoding.UTF8.GetString(call.Request.Span));
        Assert.Equal(TimeSpan.FromMilliseconds(900), call.Duration);
    }

    [Fact]
    public void GivesTheCallsOfOverlappingFilesInTheOrderOfTime()
    {
        Write($"{Folder}/a.json.gz", Gzip(Line(Start, "1"), Line(Start.AddSeconds(20), "3"), Line(Start.AddSeconds(10), "2"), Line(Start.AddSeconds(60), "6")));
        Write($"{Folder}/b.json.gz", Gzip(Line(Start.AddSeconds(30), "4"), Line(Start.AddSeconds(90), "7")));
        Write($"{Folder}/c.json", Line(Start.AddSeconds(40), "5"));
        Write($"{Folder}/amazon-bedrock-logs-permission-check", "no log");
        var recording = Open();

        Assert.Equal(7, recording.Count);
        var times = recording.Calls().Select(c => (c.At - Start).TotalSeconds).ToList();
        Assert.Equal([0.0, 10, 20, 30, 40, 60, 90], times);
        Assert.Equal(times, recording.Calls().Select(c => (c.At - Start).TotalSeconds));
    }

    [Fact]
    public void SeveralMembersInOneFileAreOneText()
    {
        Write("two.json.gz", [.. Gzip(Line(Start, "1")), .. Gzip(Line(Start.AddSeconds(1), "2"))]);

        Assert.Equal(2, Open().Calls().Count());
    }

    [Fact]
    public void AFileThatWasCutOffSaysSo()
    {
        var whole = Gzip([.. Enumerable.Range(0, 50).Select(i => Line(Start.AddSeconds(i), Convert.ToBase64String(BitConverter.GetBytes(i * 7919L))))]);
        Write("cut.json.gz", whole[..(whole.Length / 2)]);

        var error = Assert.Throws<TraceException>(() => Open().Calls().Count());
        Assert.EndsWith("cut.json.gz", error.File, StringComparison.Ordinal);
        Assert.True(error.Line > 1);
        Assert.Contains("cut off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALineThatIsNoJsonIsNamed()
    {
        Write("bad.json", $"{Line(Start, "1")}\n{{\"timestamp\":\"2026-11-20T09:00:01Z\",\"modelId\n");

        var error = Assert.Throws<TraceException>(() => Open().Calls().Count());
        Assert.Contains("bad.json:2: not JSON", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutLogsSaysWhatToName()
    {
        Write("readme.txt", "nothing");

        Assert.Contains("no model-invocation logs", Assert.Throws<TraceException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BodiesThatStandInObjectsOfTheirOwnAreFound()
    {
        Write($"{Folder}/a.json.gz", Gzip(LineWithPointer($"s3://my-logs/logs/{Folder}/data/r1_input.json.gz")));
        Write($"{Folder}/data/r1_input.json.gz", Gzip("{\"messages\":[]}"));

        Assert.Equal("{\"messages\":[]}", Encoding.UTF8.GetString(Assert.Single(Open().Calls()).Request.Span).Trim());
    }

    [Fact]
    public void ABodyThatIsMissingIsNamed()
    {
        Write("a.json", LineWithPointer("s3://my-logs/data/gone.json.gz"));

        var error = Assert.Throws<TraceException>(() => Open().Calls().Count());
        Assert.Contains("a.json:1: `inputBodyS3Path` names s3://my-logs/data/gone.json.gz, which is not there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadsABucketWithItsLargeBodies()
    {
        using var bucket = new BucketOnLoopback();
        bucket.Put($"logs/{Folder}/a.json.gz", Gzip(Line(Start, "1"), LineWithPointer($"s3://{BucketOnLoopback.Name}/logs/{Folder}/data/r1_input.json.gz")));
        bucket.Put($"logs/{Folder}/b.json.gz", Gzip(Line(Start.AddSeconds(5), "2")));
        bucket.Put($"logs/{Folder}/c.json.gz", Gzip(Line(Start.AddSeconds(7), "3")));
        bucket.Put($"logs/{Folder}/data/r1_input.json.gz", Gzip("{\"messages\":[]}"));
        bucket.Put("other/d.json.gz", Gzip(Line(Start, "no")));
        using var files = Files(bucket, "logs/");
        var recording = LogRecording.Open(files, "s3://my-logs/logs/");

        Assert.Equal(4, recording.Count);
        Assert.Contains(recording.Calls(), c => Encoding.UTF8.GetString(c.Request.Span).Trim() == "{\"messages\":[]}");
    }

    [Fact]
    public void AnObjectThatCantBeReadNamesWhatTheReplayNeeds()
    {
        using var bucket = new BucketOnLoopback();
        using var files = Files(bucket, "");

        Assert.Contains("s3:GetObject", Assert.Throws<IOException>(() => files.Open("s3://my-logs/gone.json")).Message, StringComparison.Ordinal);
    }

    private Recording Open() => LogRecording.Open(new LocalLogFiles(_folder.FullName), _folder.FullName);

    private void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    private static byte[] Gzip(params string[] lines)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        return packed.ToArray();
    }

    /// <summary>The example of the AWS user guide, model invocation logging, with a reply.</summary>
    private static string Line(DateTimeOffset at, string text) => new JsonObject
    {
        ["schemaType"] = "ModelInvocationLog",
        ["schemaVersion"] = "1.0",
        ["timestamp"] = at.ToString("yyyy-MM-ddTHH:mm:ssZ"),
        ["accountId"] = "123456789012",
        ["region"] = "us-east-1",
        ["requestId"] = "r1",
        ["operation"] = "Converse",
        ["modelId"] = "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ["identity"] = new JsonObject { ["arn"] = "arn:aws:sts::123456789012:assumed-role/MyRole/session-name" },
        ["inferenceRegion"] = "us-west-2",
        ["requestMetadata"] = new JsonObject { ["team"] = "orchestrator" },
        ["input"] = new JsonObject
        {
            ["inputContentType"] = "application/json",
            ["inputBodyJson"] = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = text }) }) },
            ["inputTokenCount"] = 25,
            ["cacheReadInputTokenCount"] = 0,
            ["cacheWriteInputTokenCount"] = 0,
        },
        ["output"] = new JsonObject
        {
            ["outputContentType"] = "application/json",
            ["outputBodyJson"] = new JsonObject { ["stopReason"] = "end_turn", ["usage"] = new JsonObject { ["inputTokens"] = 25, ["outputTokens"] = 150 }, ["metrics"] = new JsonObject { ["latencyMs"] = 900 } },
            ["outputTokenCount"] = 150,
        },
    }.ToJsonString();

    private static string LineWithPointer(string s3Uri)
    {
        var line = JsonNode.Parse(Line(Start, ""))!;
        line["input"]!.AsObject().Remove("inputBodyJson");
        line["input"]!["inputBodyS3Path"] = s3Uri;
        return line.ToJsonString();
    }

    private static S3LogFiles Files(BucketOnLoopback bucket, string prefix) => new(
        new S3Bucket(new AmazonS3Client(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), new AmazonS3Config { ServiceURL = bucket.Address.ToString(), ForcePathStyle = true, MaxErrorRetry = 0 }), S3LogFiles.Purpose),
        $"s3://{BucketOnLoopback.Name}/{prefix}");
}
