namespace Sluice.Gateway.Tests.Harness;

/// <summary>Calls that levers may look at: each asks for temperature 0, and so for the same answer each time.</summary>
internal static class Questions
{
    public const string InvokePath = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke";

    public static Question Converse(string text = "Hello", string parameters = """ "temperature":0 """, string more = "", string path = Canned.ConversePath) =>
        new(path, $$"""{"messages":[{"role":"user","content":[{"text":"{{text}}"}]}],"inferenceConfig":{{{parameters}}}{{more}}}""");

    public static Question Stream(string text = "Hello") => Converse(text, path: Canned.StreamPath);

    public static Question Invoke(string text = "Hello", string more = "") =>
        new(InvokePath, $$"""{"anthropic_version":"bedrock-2023-05-31","max_tokens":10,"temperature":0,"messages":[{"role":"user","content":"{{text}}"}]{{more}}}""");

    public static Question Chat(string more = "") =>
        new("/openai/v1/chat/completions", $$"""{"model":"openai.gpt-oss-120b-1:0","temperature":0,"messages":[{"role":"user","content":"Hello"}]{{more}}}""");

    public static string ConverseReply(string text, string stopReason = "end_turn") =>
        $$$"""{"output":{"message":{"role":"assistant","content":[{"text":"{{{text}}}"}]}},"stopReason":"{{{stopReason}}}","usage":{"inputTokens":100,"outputTokens":10,"totalTokens":110},"metrics":{"latencyMs":5}}""";

    public static string InvokeReply(string text, string more = "") =>
        $$"""{"type":"message","role":"assistant","content":[{"type":"text","text":"{{text}}"}],"stop_reason":"end_turn","usage":{"input_tokens":100,"output_tokens":10}{{more}}}""";
}
