using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Dialects.Anthropic;

/// <summary>Reads the body of Anthropic's Messages API, as InvokeModel takes it and as Bedrock's own Messages path does.</summary>
internal static class MessagesReader
{
    /// <param name="body">The request.</param>
    /// <param name="model">Whose limits hold.</param>
    /// <param name="invoked">Whether it came by InvokeModel, whose body names a version instead of a model.</param>
    /// <param name="needsLimit">Whether max_tokens has to be there; counting tokens needs none.</param>
    public static Prompt Read(JsonElement body, BedrockModel model, bool invoked, bool needsLimit = true)
    {
        if (invoked)
            CheckVersion(body);
        MessagesFields.Check(body, invoked);
        var prompt = new Prompt { Body = body, MaxTokens = body.Int("max_tokens"u8), StopSequences = body.Texts("stop_sequences"u8), Streamed = body.Flag("stream"u8) };
        if (prompt.MaxTokens is null && needsLimit)
            throw invoked ? Refusal.MissingKey("max_tokens") : Refusal.Validation("max_tokens: Field required");
        if (prompt.MaxTokens < 1)
            throw Refusal.Validation("max_tokens: Input should be greater than or equal to 1");
        if (prompt.MaxTokens > model.MaxOutputTokens)
            throw Refusal.Validation($"max_tokens: {prompt.MaxTokens} > {model.MaxOutputTokens}, which is the maximum allowed number of output tokens for {model.ShortName}");

        ReadTools(prompt, body);
        if (body.Field("system"u8) is { } system)
            ReadSystem(prompt, system);
        ReadMessages(prompt, body, invoked);
        if (body.Field("thinking"u8) is { } thinking && thinking.Text("type"u8) is "enabled" or "adaptive")
            prompt.ThinkingTokens = thinking.Int("budget_tokens"u8) ?? 1_024;
        JsonDemand.Detect(prompt);
        return prompt;
    }

    private static void CheckVersion(JsonElement body)
    {
        var version = body.Text("anthropic_version"u8) ?? throw Refusal.MissingKey("anthropic_version");
        // Anthropic's own Bedrock client puts its API's version there instead (@anthropic-ai/bedrock-sdk 1.1.3 sends 2026-10-21).
        if (version != "bedrock-2023-05-31" && !DateOnly.TryParseExact(version, "yyyy-MM-dd", out _))
            throw Refusal.Validation($"Malformed input request: #/anthropic_version: {version} is not a valid enum value, please reformat your input and try again.");
        foreach (var name in (ReadOnlySpan<string>)["model", "stream"])
        {
            if (body.TryGetProperty(name, out _))
                throw Refusal.Validation($"Malformed input request: #: extraneous key [{name}] is not permitted, please reformat your input and try again.");
        }
    }

    private static void ReadTools(Prompt prompt, JsonElement body)
    {
        var schemas = new List<(string Name, JsonElement? Schema)>();
        foreach (var tool in body.Items("tools"u8))
        {
            prompt.Add(Section.Tools, "", tool, Prompt.Count(tool) + MediaTokens.ToolFrame);
            MarkIfAsked(prompt, tool);
            schemas.Add((tool.Text("name"u8) ?? throw Refusal.Validation("tools.0.name: Field required"), tool.Field("input_schema"u8)));
        }
        if (body.Field("tool_choice"u8) is not { } choice || choice.Text("type"u8) is not ("any" or "tool") || schemas.Count == 0)
            return;
        var (name, schema) = choice.Text("name"u8) is { } forced ? schemas.Find(tool => tool.Name == forced) : schemas[0];
        if (name is null)
            throw Refusal.Validation($"Tool '{choice.Text("name"u8)}' not found in provided tools");
        (prompt.Demand, prompt.ToolName, prompt.Schema) = (Demand.ToolUse, name, schema);
    }

    private static void ReadSystem(Prompt prompt, JsonElement system)
    {
        if (system.ValueKind == JsonValueKind.String)
        {
            prompt.Add(Section.System, "system", system, Prompt.Count(system));
            return;
        }
        foreach (var block in Blocks(system, "system"))
        {
            prompt.Add(Section.System, "system", block, BlockTokens(block));
            MarkIfAsked(prompt, block);
        }
    }

    private static void ReadMessages(Prompt prompt, JsonElement body, bool invoked)
    {
        if (body.Field("messages"u8) is null)
            throw invoked ? Refusal.MissingKey("messages") : Refusal.Validation("messages: Field required");
        var index = 0;
        var turns = new ToolTurns();
        foreach (var message in body.Items("messages"u8))
        {
            var role = message.Text("role"u8);
            if (role is not ("user" or "assistant" or "system"))
                throw Refusal.Validation($"messages.{index}.role: Input should be 'user' or 'assistant'");
            if (message.Field("content"u8) is not { } content)
                throw Refusal.Validation($"messages.{index}.content: Field required");
            ReadContent(prompt, content, role, index, turns);
            // Words of the system between a tool's use and its result are in nobody's turn.
            if (role != "system")
                EndTurn(turns, index);
            index++;
        }
        if (index == 0)
            throw Refusal.Validation("messages: at least one message is required");
    }

    private static void EndTurn(ToolTurns turns, int index)
    {
        if (turns.Unasked is { } result)
            throw Refusal.Validation($"messages.{index}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {result}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
        if (turns.Unanswered.Any())
            throw Refusal.Validation($"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", turns.Unanswered)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        turns.EndTurn();
    }

    private static void ReadContent(Prompt prompt, JsonElement content, string role, int index, ToolTurns turns)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            prompt.Add(Section.Messages, role, content, Prompt.Count(content) + MediaTokens.Message);
            if (role == "user")
                prompt.LastUserText = content;
            return;
        }
        var (first, place) = (true, -1);
        foreach (var block in Blocks(content, $"messages.{index}.content"))
        {
            place++;
            switch (block.Text("type"u8))
            {
                case "tool_use":
                    turns.AddUse(block.Text("id"u8) ?? throw Refusal.Validation($"messages.{index}.content.{place}.tool_use.id: Field required"));
                    break;
                case "tool_result":
                    turns.AddResult(block.Text("tool_use_id"u8) ?? throw Refusal.Validation($"messages.{index}.content.{place}.tool_result.tool_use_id: Field required"));
                    break;
                case "thinking" or "redacted_thinking" when block.Field("cache_control"u8) is not null:
                    throw Refusal.Validation($"messages.{index}.content.{place}.{block.Text("type"u8)}.cache_control: Extra inputs are not permitted");
            }
            if (block.Text("type"u8) == "text" && block.Field("text"u8) is { ValueKind: JsonValueKind.String } text)
            {
                if (text.ValueEquals(""u8))
                    throw Refusal.Validation("messages: text content blocks must be non-empty");
                if (role == "user")
                    prompt.LastUserText = text;
            }
            prompt.Add(Section.Messages, role, block, BlockTokens(block) + (first ? MediaTokens.Message : 0));
            MarkIfAsked(prompt, block);
            first = false;
        }
    }

    private static long BlockTokens(JsonElement block)
    {
        switch (block.Text("type"u8))
        {
            case "text":
                return block.Field("text"u8) is { } text ? Prompt.Count(text) : throw Refusal.Validation("text: Field required");
            case "image":
                return MediaTokens.Image;
            case "document":
                return block.Field("source"u8)?.Field("data"u8) is { } data ? MediaTokens.Document(data) : Prompt.Count(block);
            case "tool_use":
                return MediaTokens.ToolFrame + (block.Field("input"u8) is { } input ? Prompt.Count(input) : 0);
            case "tool_result" when block.Field("content"u8) is { ValueKind: JsonValueKind.Array } parts:
                var tokens = (long)MediaTokens.ToolFrame;
                foreach (var part in parts.EnumerateArray())
                    tokens += BlockTokens(part);
                return tokens;
            case "tool_result" when block.Field("content"u8) is { ValueKind: JsonValueKind.String } result:
                return MediaTokens.ToolFrame + Prompt.Count(result);
            default:
                return Prompt.Count(block);
        }
    }

    private static void MarkIfAsked(Prompt prompt, JsonElement block)
    {
        if (block.Field("cache_control"u8) is not { } control)
            return;
        if (control.Text("type"u8) != "ephemeral")
            throw Refusal.Validation("cache_control.type: Input should be 'ephemeral'");
        prompt.Mark(control.Text("ttl"u8) switch
        {
            null or "5m" => CacheLifetime.Short,
            "1h" => CacheLifetime.Hour,
            _ => throw Refusal.Validation("cache_control.ephemeral.ttl: Input should be '5m' or '1h'"),
        });
    }

    private static JsonElement.ArrayEnumerator Blocks(JsonElement content, string path)
    {
        if (content.ValueKind != JsonValueKind.Array)
            throw Refusal.Validation($"{path}: Input should be a valid list");
        foreach (var block in content.EnumerateArray())
        {
            if (block.ValueKind != JsonValueKind.Object)
                throw Refusal.Validation($"{path}: Input should be a valid dictionary");
        }
        return content.EnumerateArray();
    }
}
