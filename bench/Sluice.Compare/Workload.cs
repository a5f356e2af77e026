using System.Buffers;
using System.Text;
using Sluice.Bedrock.EventStreams;

namespace Sluice.Compare;

/// <summary>
/// One kind of call: whether its reply is streamed, and how many bytes its request and its reply each have. The canned
/// upstream tells the sizes apart by the model, so that each size has a model of its own.
/// </summary>
internal sealed class Workload
{
    private const string Sentence = "The lock keeper opened the upper sluice by the breadth of a hand, and the water came down in one long brown tongue. ";

    public static readonly Workload[] All =
    [
        new(streamed: false, 1024), new(streamed: false, 100 * 1024),
        new(streamed: true, 1024), new(streamed: true, 100 * 1024),
    ];

    /// <summary>For what levers cost: prompts of usual and of large size.</summary>
    public static readonly Workload[] ForLevers = [new(streamed: false, 10 * 1024), new(streamed: false, 100 * 1024)];

    /// <summary>For what budgets and limits cost, whose work hardly depends on the size.</summary>
    public static readonly Workload[] ForGuards = [All[0], ForLevers[0]];

    /// <summary>What the canned upstream has to answer: each kind of call once.</summary>
    public static readonly Workload[] Canned = [.. All, ForLevers[0]];

    private Workload(bool streamed, int bodyBytes)
    {
        Streamed = streamed;
        BodyBytes = bodyBytes;
        RequestBody = Padded(text => $$$"""{"messages":[{"role":"user","content":[{"text":"{{{text}}}"}]}],"inferenceConfig":{"maxTokens":400,"temperature":0}}""");
        ReplyBody = streamed ? Stream() : Padded(text =>
            $$$"""{"metrics":{"latencyMs":912},"output":{"message":{"content":[{"text":"{{{text}}}"}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":412,"outputTokens":400,"totalTokens":812}}""");
    }

    public bool Streamed { get; }

    public int BodyBytes { get; }

    public byte[] RequestBody { get; }

    /// <summary>The reply, byte for byte; each one that arrives is held against it.</summary>
    public byte[] ReplyBody { get; }

    public string Name => $"{(Streamed ? "streamed" : "plain")}, {BodyBytes / 1024} KB";

    public string Operation => Streamed ? "converse-stream" : "converse";

    /// <summary>Each has a price in the price book.</summary>
    public string Model => BodyBytes switch
    {
        > 10 * 1024 => "anthropic.claude-sonnet-4-5-20250929-v1:0",
        > 1024 => "anthropic.claude-sonnet-4-6",
        _ => "anthropic.claude-haiku-4-5-20251001-v1:0",
    };

    public string CannedFile => $"{Operation}-{BodyBytes}";

    /// <summary>Head and body of the request as it goes out, the model escaped as the SDKs escape it.</summary>
    public byte[] Request(int port, string? token)
    {
        var head = $"POST /model/{Uri.EscapeDataString(Model)}/{Operation} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            + (token is null ? "" : $"Authorization: Bearer {token}\r\n")
            + $"Content-Type: application/json\r\nContent-Length: {RequestBody.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. RequestBody];
    }

    /// <summary>A body of exactly <see cref="BodyBytes"/>, filled up with text that JSON does not escape.</summary>
    private byte[] Padded(Func<string, string> body)
    {
        var length = BodyBytes - body("").Length;
        var text = string.Concat(Enumerable.Repeat(Sentence, (length / Sentence.Length) + 1));
        return Encoding.UTF8.GetBytes(body(text[..length]));
    }

    private byte[] Stream()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteEvent(output, "messageStart"u8, """{"p":"abcdefghijkl","role":"assistant"}"""u8);
        // The three frames at the end take some 500 bytes.
        do
        {
            EventStreamEncoder.WriteEvent(output, "contentBlockDelta"u8,
                """{"contentBlockIndex":0,"delta":{"text":" and then the water ran"},"p":"abcdefghijklmnopqrstuvwxyzABC"}"""u8);
        }
        while (output.WrittenCount < BodyBytes - 600);
        EventStreamEncoder.WriteEvent(output, "contentBlockStop"u8, """{"contentBlockIndex":0,"p":"abcdefgh"}"""u8);
        EventStreamEncoder.WriteEvent(output, "messageStop"u8, """{"p":"abcdefghijklmnop","stopReason":"end_turn"}"""u8);
        EventStreamEncoder.WriteEvent(output, "metadata"u8,
            """{"metrics":{"latencyMs":912},"p":"abcdefghijklmn","usage":{"inputTokens":412,"outputTokens":400,"totalTokens":812}}"""u8);
        return output.WrittenSpan.ToArray();
    }
}
