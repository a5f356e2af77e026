using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>Reads the body of OpenAI's chat completions, which most open-weight models take on InvokeModel too.</summary>
internal static class ChatReader
{
    public static Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("max_completion_tokens"u8) ?? body.Int("max_tokens"u8), model, "max_tokens"),
            StopSequences = body.Texts("stop"u8),
            Streamed = body.Flag("stream"u8),
            StreamsUsage = body.Field("stream_options"u8)?.Flag("include_usage"u8) ?? false,
        };
        ReadTools(prompt, body, body.Field("tool_choice"u8));
        if (body.Field("messages"u8) is null)
            throw Refusal.MissingKey("messages");
        var index = 0;
        foreach (var message in body.Items("messages"u8))
        {
            var role = message.Text("role"u8) ?? throw Refusal.Validation($"messages[{index}].role: Field required");
            ReadContent(prompt, role, message, index++);
        }
        if (index == 0)
            throw Refusal.Validation("messages: at least one message is required");
        ReadFormat(prompt, body.Field("response_format"u8));
        JsonDemand.Detect(prompt);
        return prompt;
    }

    /// <summary>Tools in the form of the chat API (<c>function.name</c>) or of the Responses API (<c>name</c>).</summary>
    public static void ReadTools(Prompt prompt, JsonElement body, JsonElement? choice)
    {
        var schemas = new List<(string? Name, JsonElement? Schema)>();
        foreach (var tool in body.Items("tools"u8))
        {
            prompt.Add(Section.Tools, "", tool, Prompt.Count(tool) + MediaTokens.ToolFrame);
            var function = tool.Field("function"u8) ?? tool;
            schemas.Add((function.Text("name"u8), function.Field("parameters"u8)));
        }
        if (choice is not { } chosen || schemas.Count == 0)
            return;
        var wanted = chosen.ValueKind == JsonValueKind.String
            ? chosen.ValueEquals("required"u8) ? schemas[0].Name : null
            : (chosen.Field("function"u8) ?? chosen).Text("name"u8);
        if (wanted is null)
            return;
        var (name, schema) = schemas.Find(tool => tool.Name == wanted);
        if (name is null)
            throw Refusal.Validation($"tool_choice: there is no tool named '{wanted}'");
        (prompt.Demand, prompt.ToolName, prompt.Schema) = (Demand.ToolUse, name, schema);
    }

    /// <summary>The chat API's <c>response_format</c> or the Responses API's <c>text.format</c>.</summary>
    public static void ReadFormat(Prompt prompt, JsonElement? format)
    {
        if (prompt.Demand != Demand.Text || format?.Text("type"u8) is not ("json_object" or "json_schema"))
            return;
        prompt.Demand = Demand.Json;
        prompt.Schema = (format.Value.Field("json_schema"u8) ?? format.Value).Field("schema"u8);
    }

    /// <summary>Adds a message, whose content is a string or an array of parts.</summary>
    public static void ReadContent(Prompt prompt, string role, JsonElement message, int index)
    {
        switch (message.Field("content"u8))
        {
            case { ValueKind: JsonValueKind.String } text:
                prompt.Add(Section.Messages, role, text, Prompt.Count(text) + MediaTokens.Message);
                if (role == "user")
                    prompt.LastUserText = text;
                break;
            case { ValueKind: JsonValueKind.Array } parts:
                var extra = MediaTokens.Message;
                foreach (var part in parts.EnumerateArray())
                {
                    ReadPart(prompt, role, part, extra);
                    extra = 0;
                }
                break;
            case null when message.Field("tool_calls"u8) is { } calls:
                prompt.Add(Section.Messages, role, calls, Prompt.Count(calls) + MediaTokens.Message);
                break;
            case null:
                throw Refusal.Validation($"messages[{index}].content: Field required");
            default:
                throw Refusal.Validation($"messages[{index}].content: expected a string or an array");
        }
    }

    private static void ReadPart(Prompt prompt, string role, JsonElement part, int extra)
    {
        if (part.Field("text"u8) is { ValueKind: JsonValueKind.String } text)
        {
            prompt.Add(Section.Messages, role, part, Prompt.Count(text) + extra);
            if (role == "user")
                prompt.LastUserText = text;
        }
        else
        {
            var media = part.Text("type"u8) is "image_url" or "input_image" ? MediaTokens.Image : part.Text("type"u8) is "input_audio" ? MediaTokens.Audio : Prompt.Count(part);
            prompt.Add(Section.Messages, role, part, media + extra);
        }
        if (part.Field("prompt_cache_breakpoint"u8) is not null)
            prompt.Mark(CacheLifetime.Short);
    }
}
