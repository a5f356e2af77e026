using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.Converse;

/// <summary>The shape that all chat models share. Its fields come in alphabetical order, as Bedrock sends them.</summary>
internal sealed class ConverseDialect : IDialect
{
    private static readonly byte[] MessageStart = "messageStart"u8.ToArray();
    private static readonly byte[] BlockStart = "contentBlockStart"u8.ToArray();
    private static readonly byte[] BlockDelta = "contentBlockDelta"u8.ToArray();
    private static readonly byte[] BlockStop = "contentBlockStop"u8.ToArray();
    private static readonly byte[] MessageStop = "messageStop"u8.ToArray();
    private static readonly byte[] Metadata = "metadata"u8.ToArray();

    public Prompt Read(JsonElement body, BedrockModel model) => ConverseReader.Read(body, model);

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        ConverseParts.WriteAdditionalFields(json, reply);
        ConverseParts.WriteMetrics(json, reply);
        json.WriteStartObject("output"u8);
        json.WriteStartObject("message"u8);
        json.WriteStartArray("content"u8);
        if (!reply.Thinking.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteStartObject("reasoningContent"u8);
            json.WriteStartObject("reasoningText"u8);
            json.WriteString("signature"u8, reply.Dice.NextId(64));
            json.WriteString("text"u8, reply.Thinking.Span);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        for (var search = 0; search < reply.WebSearches; search++)
            Grounding.Write(json, reply.Dice);
        if (!reply.Text.IsEmpty)
        {
            json.WriteStartObject();
            json.WriteString("text"u8, reply.Text.Span);
            json.WriteEndObject();
        }
        if (reply.Tool is { } tool)
        {
            json.WriteStartObject();
            json.WriteStartObject("toolUse"u8);
            json.WritePropertyName("input"u8);
            json.WriteRawValue(tool.Input.Span, skipInputValidation: true);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("toolUseId"u8, "tooluse_" + reply.Dice.NextId(22));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("role"u8, "assistant"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        ConverseParts.WriteLatency(json, reply);
        ConverseParts.WriteTier(json, reply);
        json.WriteString("stopReason"u8, ConverseParts.StopName(reply.Stop));
        ConverseParts.WriteTrace(json, reply);
        ConverseParts.WriteUsage(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, "assistant"u8);
        json.WriteEndObject();
        yield return new(MessageStart);

        var index = 0;
        var tokens = 0;
        if (!reply.Thinking.IsEmpty)
        {
            foreach (var piece in TextPieces.Split(reply.Thinking, reply.TokensPerFrame))
            {
                WriteDelta(json, index, delta => Nest(delta, "reasoningContent"u8, "text"u8, piece.Span));
                yield return new(BlockDelta, tokens += reply.TokensPerFrame);
            }
            WriteDelta(json, index, delta => Nest(delta, "reasoningContent"u8, "signature"u8, System.Text.Encoding.ASCII.GetBytes(reply.Dice.NextId(64))));
            yield return new(BlockDelta, tokens);
            WriteIndex(json, index++);
            yield return new(BlockStop, tokens);
        }
        for (var search = 0; search < reply.WebSearches; search++)
        {
            var id = Grounding.NewId(reply.Dice);
            foreach (var (start, delta) in Grounding.Blocks(id))
            {
                json.WriteStartObject();
                json.WriteNumber("contentBlockIndex"u8, index);
                json.WritePropertyName("start"u8);
                start(json);
                json.WriteEndObject();
                yield return new(BlockStart, tokens);
                WriteDelta(json, index, delta);
                yield return new(BlockDelta, tokens);
                WriteIndex(json, index++);
                yield return new(BlockStop, tokens);
            }
        }
        if (!reply.Text.IsEmpty)
        {
            foreach (var piece in TextPieces.Split(reply.Text, reply.TokensPerFrame))
            {
                WriteDelta(json, index, delta => delta.WriteString("text"u8, piece.Span));
                yield return new(BlockDelta, tokens += reply.TokensPerFrame);
            }
            WriteIndex(json, index++);
            yield return new(BlockStop, tokens);
        }
        if (reply.Tool is { } tool)
        {
            WriteToolStart(json, tool, index, reply);
            yield return new(BlockStart, tokens);
            foreach (var piece in TextPieces.Split(tool.Input, reply.TokensPerFrame))
            {
                WriteDelta(json, index, delta => Nest(delta, "toolUse"u8, "input"u8, piece.Span));
                yield return new(BlockDelta, tokens += reply.TokensPerFrame);
            }
            WriteIndex(json, index);
            yield return new(BlockStop, tokens);
        }
        json.WriteStartObject();
        ConverseParts.WriteAdditionalFields(json, reply);
        json.WriteString("stopReason"u8, ConverseParts.StopName(reply.Stop));
        json.WriteEndObject();
        yield return new(MessageStop, tokens);

        json.WriteStartObject();
        ConverseParts.WriteMetrics(json, reply);
        ConverseParts.WriteLatency(json, reply);
        ConverseParts.WriteTier(json, reply);
        ConverseParts.WriteTrace(json, reply);
        ConverseParts.WriteUsage(json, reply);
        json.WriteEndObject();
        yield return new(Metadata, tokens);
    }

    private static void WriteDelta(Utf8JsonWriter json, int index, Action<Utf8JsonWriter> delta)
    {
        json.WriteStartObject();
        json.WriteNumber("contentBlockIndex"u8, index);
        json.WriteStartObject("delta"u8);
        delta(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteIndex(Utf8JsonWriter json, int index)
    {
        json.WriteStartObject();
        json.WriteNumber("contentBlockIndex"u8, index);
        json.WriteEndObject();
    }

    private static void WriteToolStart(Utf8JsonWriter json, ToolCall tool, int index, Reply reply)
    {
        json.WriteStartObject();
        json.WriteNumber("contentBlockIndex"u8, index);
        json.WriteStartObject("start"u8);
        json.WriteStartObject("toolUse"u8);
        json.WriteString("name"u8, tool.Name);
        json.WriteString("toolUseId"u8, "tooluse_" + reply.Dice.NextId(22));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Nest(Utf8JsonWriter json, ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner, ReadOnlySpan<byte> value)
    {
        json.WriteStartObject(outer);
        json.WriteString(inner, value);
        json.WriteEndObject();
    }
}
