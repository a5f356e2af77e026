using System.Text;

namespace Sluice.Benchmarks.Replies;

internal static class CannedReply
{
    /// <summary>A Converse reply of that many bytes, nearly all of them text.</summary>
    public static byte[] Converse(int bytes)
    {
        const string Before = """{"metrics":{"latencyMs":912},"output":{"message":{"content":[{"text":" """;
        const string After = """ "}],"role":"assistant"}},"stopReason":"end_turn","usage":{"inputTokens":412,"outputTokens":400,"totalTokens":812}}""";
        return Encoding.UTF8.GetBytes(Before + Words(bytes - Before.Length - After.Length) + After);
    }

    /// <summary>A Converse request of that many bytes.</summary>
    public static byte[] ConverseRequest(int bytes)
    {
        const string Before = """{"messages":[{"role":"user","content":[{"text":" """;
        const string After = """ "}]}],"inferenceConfig":{"maxTokens":400}}""";
        return Encoding.UTF8.GetBytes(Before + Words(bytes - Before.Length - After.Length) + After);
    }

    private static string Words(int length)
    {
        const string Sentence = "The lock keeper opened the upper sluice, and the water came down in one long brown tongue. ";
        return string.Concat(Enumerable.Repeat(Sentence, (length / Sentence.Length) + 1))[..length];
    }
}
