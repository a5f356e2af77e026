using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Converse;

/// <summary>Reads the body of Converse and ConverseStream.</summary>
internal static class ConverseReader
{
    public static Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt { Body = body };
        if (body.Field("toolConfig"u8) is { } tools)
            ReadTools(prompt, tools);
        foreach (var block in body.Items("system"u8))
        {
            if (block.Field("cachePoint"u8) is { } point)
                prompt.Mark(Lifetime(point));
            else
                prompt.Add(Section.System, "system", block, BlockTokens(block));
        }
        ReadMessages(prompt, body);
        if (body.Field("inferenceConfig"u8) is { } config)
            ReadConfig(prompt, config, model);
        ReadOutputFormat(prompt, body);
        if (body.Field("additionalModelRequestFields"u8)?.Field("thinking"u8) is { } thinking && thinking.Text("type"u8) is "enabled" or "adaptive")
            prompt.ThinkingTokens = thinking.Int("budget_tokens"u8) ?? 1_024;
        JsonDemand.Detect(prompt);
        return prompt;
    }

    private static void ReadTools(Prompt prompt, JsonElement config)
    {
        var schemas = new List<(string Name, JsonElement? Schema)>();
        foreach (var tool in config.Items("tools"u8))
        {
            if (tool.Field("cachePoint"u8) is { } point)
            {
                prompt.Mark(Lifetime(point));
                continue;
            }
            prompt.Add(Section.Tools, "", tool, Prompt.Count(tool) + MediaTokens.ToolFrame);
            if (tool.Field("toolSpec"u8) is { } spec)
            {
                var name = spec.Text("name"u8) ?? throw Required("toolConfig.tools.1.member.toolSpec.name");
                schemas.Add((name, spec.Field("inputSchema"u8)?.Field("json"u8)));
            }
        }
        if (schemas.Count == 0 && prompt.Segments.Count == 0)
            throw Refusal.Validation("1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1");
        if (config.Field("toolChoice"u8) is not { } choice)
            return;
        var forced = choice.Field("tool"u8)?.Text("name"u8);
        if (forced is null && choice.Field("any"u8) is null)
            return;
        var (toolName, schema) = forced is null ? schemas[0] : schemas.Find(tool => tool.Name == forced);
        if (toolName is null)
            throw Refusal.Validation($"The value at toolConfig.toolChoice.tool.name '{forced}' is not the name of a tool in toolConfig.tools.");
        (prompt.Demand, prompt.ToolName, prompt.Schema) = (Demand.ToolUse, toolName, schema);
    }

    private static void ReadMessages(Prompt prompt, JsonElement body)
    {
        var index = 0;
        var spoken = false;
        var turns = new ToolTurns();
        foreach (var message in body.Items("messages"u8))
        {
            var role = message.Text("role"u8);
            if (role is not ("user" or "assistant" or "system"))
                throw Refusal.Validation($"1 validation error detected: Value '{role}' at 'messages.{index + 1}.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant, system]");
            if (!spoken && role == "assistant")
                throw Refusal.Validation("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
            spoken |= role == "user";
            ReadContent(prompt, message, role, index, turns);
            // Words of the system between a tool's use and its result are in nobody's turn.
            if (role != "system")
                EndTurn(turns, index);
            index++;
        }
        if (!spoken)
            throw Refusal.Validation("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
    }

    private static void EndTurn(ToolTurns turns, int index)
    {
        if (turns.Results.Count > turns.Asked.Count)
            throw Refusal.Validation($"The number of toolResult blocks at messages.{index}.content exceeds the number of toolUse blocks of previous turn.");
        if (turns.Unanswered.Any())
            throw Refusal.Validation($"Expected toolResult blocks at messages.{index}.content for the following Ids: {string.Join(", ", turns.Unanswered)}");
        turns.EndTurn();
    }

    private static void ReadContent(Prompt prompt, JsonElement message, string role, int index, ToolTurns turns)
    {
        var block = 0;
        var hasContent = false;
        var isReasoning = false;
        foreach (var content in message.Items("content"u8))
        {
            if (content.Field("cachePoint"u8) is { } point)
            {
                if (!hasContent)
                    throw Refusal.Validation("There is nothing available to cache. Please remove the invalid cache point and try again.");
                if (isReasoning)
                    throw Refusal.Validation("Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.");
                prompt.Mark(Lifetime(point));
            }
            else
            {
                hasContent = true;
                isReasoning = content.Field("reasoningContent"u8) is not null;
                if (content.Field("toolUse"u8) is { } use && use.Text("type"u8) != "server_tool_use")
                    turns.AddUse(use.Text("toolUseId"u8) ?? throw Required($"messages.{index + 1}.member.content.{block + 1}.member.toolUse.toolUseId"));
                if (content.Field("toolResult"u8) is { } result && role == "user")
                    turns.AddResult(result.Text("toolUseId"u8) ?? throw Required($"messages.{index + 1}.member.content.{block + 1}.member.toolResult.toolUseId"));
                if (content.Field("text"u8) is { ValueKind: JsonValueKind.String } text)
                {
                    if (text.ValueEquals(""u8))
                        throw Refusal.Validation($"The text field in the ContentBlock object at messages.{index}.content.{block} is blank. Add text to the text field, and try again.");
                    if (role == "user")
                        prompt.LastUserText = text;
                }
                prompt.Add(Section.Messages, role, content, BlockTokens(content) + (block == 0 ? MediaTokens.Message : 0));
            }
            block++;
        }
        if (block == 0)
            throw Refusal.Validation($"The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the content field and try again.");
    }

    private static void ReadConfig(Prompt prompt, JsonElement config, BedrockModel model)
    {
        prompt.StopSequences = config.Texts("stopSequences"u8);
        prompt.MaxTokens = config.Int("maxTokens"u8);
        if (prompt.MaxTokens < 1)
            throw Refusal.Validation($"1 validation error detected: Value '{prompt.MaxTokens}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1");
        if (prompt.MaxTokens > model.MaxOutputTokens)
            throw Refusal.Validation($"The maximum tokens you requested exceeds the model limit of {model.MaxOutputTokens}. Try again with a maximum tokens value that is lower than {model.MaxOutputTokens}.");
    }

    private static void ReadOutputFormat(Prompt prompt, JsonElement body)
    {
        if (prompt.Demand != Demand.Text || body.Field("outputConfig"u8)?.Field("textFormat"u8) is not { } format)
            return;
        prompt.Demand = Demand.Json;
        if (format.Field("structure"u8)?.Field("jsonSchema"u8)?.Text("schema"u8) is not { } schema)
            return;
        try
        {
            using var parsed = JsonDocument.Parse(schema);
            prompt.Schema = parsed.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Refusal.Validation("The value at outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON. Try again with a JSON schema.");
        }
    }

    /// <summary>The tokens of a content block of any kind; a tool result's content counts block by block.</summary>
    private static long BlockTokens(JsonElement block)
    {
        if (block.ValueKind != JsonValueKind.Object)
            throw Refusal.Validation("Malformed input request: a content block has to be a JSON object, please reformat your input and try again.");
        if (block.Field("text"u8) is { } text)
            return Prompt.Count(text);
        if (block.Field("image"u8) is not null)
            return MediaTokens.Image;
        if (block.Field("video"u8) is not null)
            return MediaTokens.Video;
        if (block.Field("audio"u8) is not null)
            return MediaTokens.Audio;
        if (block.Field("document"u8) is { } document)
        {
            DocumentName.Check(document);
            if (document.Field("source"u8) is { } source)
                return source.Field("bytes"u8) is { } bytes ? MediaTokens.Document(bytes) : Prompt.Count(source);
        }
        if (block.Field("guardContent"u8) is { } guarded)
            return guarded.Field("text"u8)?.Field("text"u8) is { } guardedText ? Prompt.Count(guardedText) : MediaTokens.Image;
        if (block.Field("toolUse"u8) is { } use)
            return MediaTokens.ToolFrame + (use.Field("input"u8) is { } input ? Prompt.Count(input) : 0);
        if (block.Field("toolResult"u8) is not { } result)
            return Prompt.Count(block);
        var tokens = (long)MediaTokens.ToolFrame;
        foreach (var part in result.Items("content"u8))
            tokens += BlockTokens(part);
        return tokens;
    }

    private static CacheLifetime Lifetime(JsonElement point)
    {
        if (point.Text("type"u8) is not "default")
            throw Refusal.Validation($"1 validation error detected: Value '{point.Text("type"u8)}' at 'cachePoint.type' failed to satisfy constraint: Member must satisfy enum value set: [default]");
        return point.Text("ttl"u8) switch
        {
            null or "5m" => CacheLifetime.Short,
            "1h" => CacheLifetime.Hour,
            var other => throw Refusal.Validation($"1 validation error detected: Value '{other}' at 'cachePoint.ttl' failed to satisfy constraint: Member must satisfy enum value set: [5m, 1h]"),
        };
    }

    private static Refusal Required(string path) =>
        Refusal.Validation($"1 validation error detected: Value null at '{path}' failed to satisfy constraint: Member must not be null");
}
