using System.Text.Json;
using Sluice.Simulator.Caching;
using Sluice.Simulator.Dialects.Converse;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Nova;

/// <summary>Nova's own body: much like Converse, but with cache points inside the text blocks and snake-case tools.</summary>
internal sealed class NovaDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt { Body = body };
        ReadTools(prompt, body);
        foreach (var block in body.Items("system"u8))
            AddBlock(prompt, Section.System, "system", block, 0);
        if (body.Field("messages"u8) is null)
            throw Refusal.MissingKey("messages");
        foreach (var message in body.Items("messages"u8))
        {
            var role = message.Text("role"u8);
            if (role is not ("user" or "assistant"))
                throw Refusal.Validation($"Malformed input request: #/messages/role: {role} is not a valid enum value, please reformat your input and try again.");
            var extra = MediaTokens.Message;
            foreach (var block in message.Items("content"u8))
            {
                AddBlock(prompt, Section.Messages, role, block, extra);
                extra = 0;
            }
        }
        if (prompt.Segments.All(segment => segment.Section != Section.Messages))
            throw Refusal.Validation("Malformed input request: #/messages: expected minimum item count: 1, found: 0, please reformat your input and try again.");
        if (body.Field("inferenceConfig"u8) is { } config)
        {
            prompt.MaxTokens = TokenLimit.Check(config.Int("maxTokens"u8) ?? config.Int("max_new_tokens"u8), model, "inferenceConfig/maxTokens");
            prompt.StopSequences = config.Texts("stopSequences"u8);
        }
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        json.WriteStartObject("output"u8);
        json.WriteStartObject("message"u8);
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        if (reply.Tool is { } tool)
        {
            json.WriteStartObject("toolUse"u8);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("toolUseId"u8, reply.Dice.NextGuid());
            json.WritePropertyName("input"u8);
            json.WriteRawValue(tool.Input.Span, skipInputValidation: true);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text"u8, reply.Text.Span);
        }
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("role"u8, "assistant"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("stopReason"u8, ConverseParts.StopName(reply.Stop));
        WriteUsage(json, reply);
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        Open(json, "messageStart"u8);
        json.WriteString("role"u8, "assistant"u8);
        Close(json);
        yield return default;
        if (reply.Tool is { } tool)
        {
            Open(json, "contentBlockStart"u8);
            json.WriteStartObject("start"u8);
            json.WriteStartObject("toolUse"u8);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("toolUseId"u8, reply.Dice.NextGuid());
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteNumber("contentBlockIndex"u8, 0);
            Close(json);
            yield return default;
        }
        var tokens = 0;
        foreach (var piece in TextPieces.Split(reply.Tool?.Input ?? reply.Text, reply.TokensPerFrame))
        {
            Open(json, "contentBlockDelta"u8);
            json.WriteStartObject("delta"u8);
            if (reply.Tool is null)
            {
                json.WriteString("text"u8, piece.Span);
            }
            else
            {
                json.WriteStartObject("toolUse"u8);
                json.WriteString("input"u8, piece.Span);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteNumber("contentBlockIndex"u8, 0);
            Close(json);
            yield return new(default, tokens += reply.TokensPerFrame);
        }
        Open(json, "contentBlockStop"u8);
        json.WriteNumber("contentBlockIndex"u8, 0);
        Close(json);
        yield return new(default, tokens);

        Open(json, "messageStop"u8);
        json.WriteString("stopReason"u8, ConverseParts.StopName(reply.Stop));
        Close(json);
        yield return new(default, tokens);

        Open(json, "metadata"u8);
        WriteUsage(json, reply);
        json.WriteStartObject("metrics"u8);
        json.WriteEndObject();
        json.WriteStartObject("trace"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);
    }

    private static void ReadTools(Prompt prompt, JsonElement body)
    {
        if (body.Field("toolConfig"u8) is not { } config)
            return;
        foreach (var tool in config.Items("tools"u8))
            prompt.Add(Section.Tools, "", tool, Prompt.Count(tool) + MediaTokens.ToolFrame);
        if (config.Field("toolChoice"u8) is not { } choice || (choice.Field("any"u8) ?? choice.Field("tool"u8)) is not { } forced)
            return;
        foreach (var tool in config.Items("tools"u8))
        {
            if (tool.Field("toolSpec"u8) is not { } spec || (forced.Text("name"u8) is { } name && spec.Text("name"u8) != name))
                continue;
            (prompt.Demand, prompt.ToolName, prompt.Schema) = (Demand.ToolUse, spec.Text("name"u8), spec.Field("inputSchema"u8)?.Field("json"u8));
            return;
        }
    }

    private static void AddBlock(Prompt prompt, Section section, string role, JsonElement block, int extra)
    {
        long tokens = extra;
        if (block.Field("text"u8) is { ValueKind: JsonValueKind.String } text)
        {
            tokens += Prompt.Count(text);
            if (role == "user")
                prompt.LastUserText = text;
        }
        else
        {
            tokens += block.Field("image"u8) is not null ? MediaTokens.Image : block.Field("video"u8) is not null ? MediaTokens.Video : Prompt.Count(block);
        }
        prompt.Add(section, role, block, tokens);
        if (block.Field("cachePoint"u8) is not null)
            prompt.Mark(CacheLifetime.Short);
    }

    private static void WriteUsage(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("inputTokens"u8, reply.Usage.Input);
        json.WriteNumber("outputTokens"u8, reply.Usage.Output);
        json.WriteNumber("totalTokens"u8, reply.Usage.ContextTokens + reply.Usage.Output);
        if (CacheRule.For(reply.Model.Id, reply.Time) is not null)
        {
            json.WriteNumber("cacheReadInputTokenCount"u8, reply.Usage.CacheRead);
            json.WriteNumber("cacheWriteInputTokenCount"u8, reply.Usage.CacheWrite5m);
        }
        json.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartObject();
        json.WriteStartObject(name);
    }

    private static void Close(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
