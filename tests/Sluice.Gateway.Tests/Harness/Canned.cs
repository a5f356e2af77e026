using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Bedrock.EventStreams;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>Replies and requests of Bedrock that tests play.</summary>
internal static class Canned
{
    public const string Model = "global.anthropic.claude-sonnet-4-5-20250929-v1:0";
    public const string ConversePath = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";
    public const string StreamPath = ConversePath + "-stream";
    public const string ConverseRequest = """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""";
    public const string ConverseReply = """{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110},"metrics":{"latencyMs":5}}""";

    /// <summary>Global Sonnet 4.5 at 3 and 15 dollars a million: 100 x 3e-6 + 10 x 15e-6.</summary>
    public const string ConverseCost = "0.00045";

    public static byte[] Event(string type, string payload)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteEvent(output, Encoding.UTF8.GetBytes(type), Encoding.UTF8.GetBytes(payload));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Start => Event("messageStart", """{"role":"assistant","p":"abc"}""");

    public static byte[] Delta(string text) => Event("contentBlockDelta", $$"""{"contentBlockIndex":0,"delta":{"text":"{{text}}"},"p":"abcd"}""");

    public static byte[] Stop => Event("messageStop", """{"stopReason":"end_turn","p":"ab"}""");

    public static byte[] Metadata => Event("metadata", """{"usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110},"metrics":{"latencyMs":5},"p":"abcdef"}""");

    public static byte[] WholeStream => [.. Start, .. Delta("Hi"), .. Stop, .. Metadata];

    public static Task ReplyAsync(HttpContext context, int status = 200, string body = ConverseReply)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers["x-amzn-requestid"] = "req-1";
        return context.Response.WriteAsync(body);
    }

    public static Task FailAsync(HttpContext context, int status, string error)
    {
        context.Response.Headers["x-amzn-ErrorType"] = error + ":http://internal.amazon.com/coral/com.amazon.bedrock/";
        return ReplyAsync(context, status, """{"message":"no"}""");
    }

    public static void BeginStream(HttpContext context)
    {
        context.Response.ContentType = "application/vnd.amazon.eventstream";
        context.Response.Headers["x-amzn-requestid"] = "req-1";
    }

    public static async Task WriteAsync(HttpContext context, byte[] bytes)
    {
        await context.Response.Body.WriteAsync(bytes);
        await context.Response.Body.FlushAsync();
    }

    public static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
}
