using System.Text.Json;
using Sluice.Simulator.Caching;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Anthropic;

/// <summary>Anthropic's Messages API.</summary>
/// <param name="invoked">Whether it is InvokeModel's, not Bedrock's own Messages path.</param>
internal sealed class MessagesDialect(bool invoked) : IDialect
{
    private static readonly byte[] MessageStart = "message_start"u8.ToArray();
    private static readonly byte[] BlockStart = "content_block_start"u8.ToArray();
    private static readonly byte[] BlockDelta = "content_block_delta"u8.ToArray();
    private static readonly byte[] BlockStop = "content_block_stop"u8.ToArray();
    private static readonly byte[] MessageDelta = "message_delta"u8.ToArray();
    private static readonly byte[] MessageStop = "message_stop"u8.ToArray();

    public Prompt Read(JsonElement body, BedrockModel model) => MessagesReader.Read(body, model, invoked);

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        WriteHead(json, reply);
        json.WriteStartArray("content"u8);
        if (!reply.Thinking.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "thinking"u8);
            json.WriteString("thinking"u8, reply.Thinking.Span);
            json.WriteString("signature"u8, reply.Dice.NextId(64));
            json.WriteEndObject();
        }
        for (var search = 0; search < reply.WebSearches; search++)
        {
            var id = "srvtoolu_bdrk_01" + reply.Dice.NextId(22);
            ServerSearch.WriteUse(json, id);
            ServerSearch.WriteResult(json, id);
        }
        if (!reply.Text.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, reply.Text.Span);
            json.WriteEndObject();
        }
        if (reply.Tool is { } tool)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "tool_use"u8);
            json.WriteString("id"u8, "toolu_bdrk_01" + reply.Dice.NextId(22));
            json.WriteString("name"u8, tool.Name);
            json.WritePropertyName("input"u8);
            json.WriteRawValue(tool.Input.Span, skipInputValidation: true);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteStop(json, reply);
        WriteUsage(json, reply, reply.Usage.Output);
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        Open(json, MessageStart);
        json.WriteStartObject("message"u8);
        WriteHead(json, reply);
        json.WriteStartArray("content"u8);
        json.WriteEndArray();
        json.WriteNull("stop_reason"u8);
        json.WriteNull("stop_sequence"u8);
        WriteUsage(json, reply with { WebSearches = 0 }, 1);
        json.WriteEndObject();
        json.WriteEndObject();
        yield return new(MessageStart);

        var index = 0;
        var tokens = 0;
        for (var search = 0; search < reply.WebSearches; search++)
        {
            var id = "srvtoolu_bdrk_01" + reply.Dice.NextId(22);
            foreach (var write in (Action<Utf8JsonWriter, string>[])[ServerSearch.WriteUse, ServerSearch.WriteResult])
            {
                Open(json, BlockStart);
                json.WriteNumber("index"u8, index);
                json.WritePropertyName("content_block"u8);
                write(json, id);
                json.WriteEndObject();
                yield return new(BlockStart);
                Open(json, BlockStop);
                json.WriteNumber("index"u8, index++);
                json.WriteEndObject();
                yield return new(BlockStop);
            }
        }
        foreach (var block in BlocksOf(reply))
        {
            WriteBlockStart(json, block, reply, index);
            yield return new(BlockStart, tokens);
            foreach (var piece in TextPieces.Split(block.Content, reply.TokensPerFrame))
            {
                WriteDelta(json, index, block.DeltaType, block.DeltaField, piece.Span);
                yield return new(BlockDelta, tokens += reply.TokensPerFrame);
            }
            if (block.Type == "thinking")
            {
                WriteDelta(json, index, "signature_delta", "signature", System.Text.Encoding.ASCII.GetBytes(reply.Dice.NextId(64)));
                yield return new(BlockDelta, tokens);
            }
            Open(json, BlockStop);
            json.WriteNumber("index"u8, index++);
            json.WriteEndObject();
            yield return new(BlockStop, tokens);
        }

        Open(json, MessageDelta);
        json.WriteStartObject("delta"u8);
        WriteStop(json, reply);
        json.WriteEndObject();
        WriteUsage(json, reply, reply.Usage.Output);
        json.WriteEndObject();
        yield return new(MessageDelta, tokens) { TellsUsage = true };

        Open(json, MessageStop);
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(MessageStop, tokens);
    }

    private static IEnumerable<Block> BlocksOf(Reply reply)
    {
        if (!reply.Thinking.IsEmpty)
            yield return new("thinking", reply.Thinking, "thinking_delta", "thinking");
        if (!reply.Text.IsEmpty)
            yield return new("text", reply.Text, "text_delta", "text");
        if (reply.Tool is { } tool)
            yield return new("tool_use", tool.Input, "input_json_delta", "partial_json");
    }

    private static void WriteHead(Utf8JsonWriter json, Reply reply)
    {
        json.WriteString("model"u8, reply.ReportsMetrics ? reply.Model.ShortName : reply.RequestedModel);
        json.WriteString("id"u8, "msg_bdrk_01" + reply.Dice.NextId(22));
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
    }

    private static void WriteBlockStart(Utf8JsonWriter json, Block block, Reply reply, int index)
    {
        Open(json, BlockStart);
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("content_block"u8);
        json.WriteString("type"u8, block.Type);
        if (block.Type == "tool_use")
        {
            json.WriteString("id"u8, "toolu_bdrk_01" + reply.Dice.NextId(22));
            json.WriteString("name"u8, reply.Tool!.Name);
            json.WriteStartObject("input"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString(block.DeltaField, "");
            if (block.Type == "thinking")
                json.WriteString("signature"u8, "");
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDelta(Utf8JsonWriter json, int index, string type, string field, ReadOnlySpan<byte> piece)
    {
        Open(json, BlockDelta);
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("delta"u8);
        json.WriteString("type"u8, type);
        json.WriteString(field, piece);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStop(Utf8JsonWriter json, Reply reply)
    {
        json.WriteString("stop_reason"u8, reply.Stop switch
        {
            StopReason.MaxTokens => "max_tokens"u8,
            StopReason.StopSequence => "stop_sequence"u8,
            StopReason.ToolUse => "tool_use"u8,
            _ => "end_turn"u8,
        });
        json.WriteString("stop_sequence"u8, reply.StopSequence);
    }

    private static void WriteUsage(Utf8JsonWriter json, Reply reply, long output)
    {
        var usage = reply.Usage;
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.Input);
        if (CacheRule.For(reply.Model.Id, reply.Time) is not null)
        {
            json.WriteNumber("cache_creation_input_tokens"u8, usage.CacheWrite5m + usage.CacheWrite1h);
            json.WriteNumber("cache_read_input_tokens"u8, usage.CacheRead);
            json.WriteStartObject("cache_creation"u8);
            json.WriteNumber("ephemeral_5m_input_tokens"u8, usage.CacheWrite5m);
            json.WriteNumber("ephemeral_1h_input_tokens"u8, usage.CacheWrite1h);
            json.WriteEndObject();
        }
        json.WriteNumber("output_tokens"u8, output);
        if (reply.WebSearches > 0)
        {
            json.WriteStartObject("server_tool_use"u8);
            json.WriteNumber("web_search_requests"u8, reply.WebSearches);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter json, ReadOnlySpan<byte> type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
    }

    private readonly record struct Block(string Type, ReadOnlyMemory<byte> Content, string DeltaType, string DeltaField);
}
