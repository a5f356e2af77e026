using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Testing;

namespace Sluice.Bedrock.Tests.Replies;

/// <summary>
/// A request and its reply with what must be read of both, from one file of the Golden folder. A reply is written as JSON
/// (<c>reply</c>), as events that are framed here (<c>events</c>: a payload, an exception, or the inner event of a chunk),
/// or as the text of a server-sent stream (<c>sse</c>).
/// </summary>
internal sealed class GoldenCase
{
    private static readonly string Folder =
        Path.Combine(SharedFolder.RepositoryRoot, "tests", "Sluice.Bedrock.Tests", "Replies", "Golden");

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _file;

    private GoldenCase(JsonObject file)
    {
        _file = file;
        Operation = Enum.Parse<Operation>(file["operation"]!.GetValue<string>());
        RequestBody = file["request"] is { } request ? JsonSerializer.SerializeToUtf8Bytes(request, Relaxed) : [];
        Facts = RequestReader.Read(Operation, file["model"]?.GetValue<string>(), Header("request_headers"), RequestBody);
        (Framing, Reply, Ends) = BuildReply();
    }

    public Operation Operation { get; }

    public byte[] RequestBody { get; }

    public RequestFacts Facts { get; }

    public ReplyFraming Framing { get; }

    public byte[] Reply { get; }

    /// <summary>Where the documents of the reply end, as offsets into it.</summary>
    public IReadOnlyList<int> Ends { get; }

    public JsonObject Expected => _file["expected"]!.AsObject();

    public JsonObject ExpectedFacts => _file["facts"]?.AsObject() ?? [];

    public static TheoryData<string> Names() => new(Directory
        .EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories)
        .Select(file => Path.ChangeExtension(Path.GetRelativePath(Folder, file), null).Replace('\\', '/'))
        .Order(StringComparer.Ordinal));

    public static GoldenCase Load(string name) =>
        new(JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")))!.AsObject());

    public Func<string, string?> Header(string group = "headers") => name =>
        _file[group]?.AsObject().FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.GetValue<string>();

    public ReplyReading Read(params ReadOnlySpan<byte[]> chunks)
    {
        using var meter = ReplyMeter.Create(Operation, Facts.Dialect, Framing, Facts);
        foreach (var chunk in chunks)
            meter.Append(chunk);
        return meter.Finish(Header());
    }

    private (ReplyFraming Framing, byte[] Reply, List<int> Ends) BuildReply()
    {
        if (_file["reply"] is { } reply)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(reply, Relaxed);
            return (ReplyFraming.Json, body, [body.Length]);
        }
        if (_file["sse"] is { } sse)
        {
            var text = sse.GetValue<string>();
            return (ReplyFraming.ServerSentEvents, Encoding.UTF8.GetBytes(text), [Encoding.UTF8.GetByteCount(text)]);
        }
        var output = new ArrayBufferWriter<byte>();
        var ends = new List<int>();
        foreach (var item in _file["events"]!.AsArray())
        {
            WriteFrame(output, item!.AsObject(), ends.Count);
            ends.Add(output.WrittenCount);
        }
        return (ReplyFraming.EventStream, output.WrittenSpan.ToArray(), ends);
    }

    private void WriteFrame(ArrayBufferWriter<byte> output, JsonObject item, int number)
    {
        if (item["exception"] is { } exception)
        {
            var message = JsonSerializer.SerializeToUtf8Bytes(item["payload"], Relaxed);
            EventStreamEncoder.WriteException(output, Encoding.UTF8.GetBytes(exception.GetValue<string>()), message);
            return;
        }
        var payload = item["payload"]?.DeepClone().AsObject()
            ?? new JsonObject { ["bytes"] = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(item["inner"], Relaxed)) };
        payload["p"] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[..(4 + (number * 7 % 50))];
        var json = payload.ToJsonString(Relaxed);
        if (_file["escape_slashes"] is not null)
            json = json.Replace("/", "\\/", StringComparison.Ordinal);
        EventStreamEncoder.WriteEvent(output, Encoding.UTF8.GetBytes(item["type"]!.GetValue<string>()), Encoding.UTF8.GetBytes(json));
    }
}
