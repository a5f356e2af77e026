using System.Text.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Content blocks and what is inside of them.</summary>
internal ref partial struct OutlineReader
{
    /// <summary>What a block turns out to be once all its members are read, since they come in any order.</summary>
    private ref struct Draft
    {
        public BlockKind Kind;
        public ByteRange Text;
        public ByteRange Content;
        public CacheLifetimes Points;
        public bool HasMarker;
        public int Kinds;
    }

    private void ReadBlock(PromptSection section, PromptRole role, int message)
    {
        var start = _json.TokenStartIndex;
        var firstText = _texts.Count;
        var draft = new Draft();
        if (EnterObject())
        {
            ulong seen = 0;
            while (NextMember(ref seen, out var key))
            {
                if (NamesItsBlocks)
                    ReadNamedMember(key, ref draft);
                else
                    ReadTypedMember(key, ref draft);
            }
        }
        else
        {
            _isDoubtful = true;
        }
        // A union with two members is refused.
        _isDoubtful |= draft.Kinds > 1;
        if (draft.Kind is not (BlockKind.ToolResult or BlockKind.Document))
            _texts.Shrink(firstText);
        if (draft.Kind == BlockKind.Text && !draft.Text.IsNone)
            _texts.Add(new PromptText(_blocks.Count, draft.Text));
        AddBlock(new PromptBlock
        {
            Section = section,
            Kind = draft.Kind,
            Role = role,
            Message = message,
            Json = ByteRange.Between(start, _json.BytesConsumed),
            Text = draft.Kind switch { BlockKind.Text => draft.Text, BlockKind.ToolResult => draft.Content, _ => default },
            OwnPoints = draft.Points,
            TakesPoint = !draft.HasMarker && draft.Points == CacheLifetimes.None && TakesPoint(section, draft.Kind, draft.Text),
        });
    }

    /// <summary>
    /// Where a point is accepted. Reasoning and empty texts can't carry one at Anthropic; Converse refuses one directly behind
    /// most documents ("messages.0.content.2.type: Field required", github.com/aws/aws-sdk-java-v2/issues/6277); Nova's own body
    /// has them inside its text blocks.
    /// </summary>
    private readonly bool TakesPoint(PromptSection section, BlockKind kind, ByteRange text) => kind switch
    {
        BlockKind.Text => _dialect != Dialect.OpenAi && !text.IsNone && !IsBlank(text),
        BlockKind.Image or BlockKind.ToolUse or BlockKind.ToolResult => section == PromptSection.Messages && _dialect is Dialect.Converse or Dialect.Anthropic,
        BlockKind.Document => section == PromptSection.Messages && _dialect == Dialect.Anthropic,
        _ => false,
    };

    /// <summary>A member of a block of Converse and Nova, where its name says what the block is.</summary>
    private void ReadNamedMember(OutlineKey key, ref Draft draft)
    {
        if (_json.TokenType == JsonTokenType.Null)
            return;
        if (key == OutlineKey.CachePoint)
        {
            draft.Points = ReadMarker();
            draft.HasMarker = true;
            if (_dialect == Dialect.Nova)
                return;
            draft.Kind = BlockKind.CachePoint;
            draft.Kinds++;
            return;
        }
        draft.Kinds++;
        draft.Kind = key switch
        {
            OutlineKey.Text => BlockKind.Text,
            OutlineKey.Image => BlockKind.Image,
            OutlineKey.Document => BlockKind.Document,
            OutlineKey.ToolUse => BlockKind.ToolUse,
            OutlineKey.ToolResult => BlockKind.ToolResult,
            OutlineKey.ReasoningContent => BlockKind.Reasoning,
            _ => BlockKind.Other,
        };
        switch (key)
        {
            case OutlineKey.Text when _json.TokenType == JsonTokenType.String:
                draft.Text = Scalar();
                break;
            case OutlineKey.Document or OutlineKey.ToolResult:
                ReadInner(ref draft);
                break;
            default:
                HasImages |= key == OutlineKey.Image;
                _isDoubtful |= key == OutlineKey.Text;
                Skip();
                break;
        }
    }

    /// <summary>A member of a block of Anthropic and OpenAI, which has a type.</summary>
    private void ReadTypedMember(OutlineKey key, ref Draft draft)
    {
        switch (key)
        {
            case OutlineKey.Type:
                draft.Kind = KindOfType();
                HasImages |= draft.Kind == BlockKind.Image;
                break;
            case OutlineKey.Text when _json.TokenType == JsonTokenType.String:
                draft.Text = Scalar();
                break;
            case OutlineKey.CacheControl when _dialect == Dialect.Anthropic:
                draft.Points |= ReadMarker();
                draft.HasMarker = true;
                break;
            case OutlineKey.Content when _json.TokenType == JsonTokenType.String:
                draft.Content = Scalar();
                _texts.Add(new PromptText(_blocks.Count, draft.Content));
                break;
            case OutlineKey.Content when _json.TokenType == JsonTokenType.StartArray:
                ReadParts(ref draft);
                break;
            case OutlineKey.Source when _json.TokenType == JsonTokenType.StartObject:
                ReadSource(ref draft);
                break;
            default:
                Skip();
                break;
        }
    }

    private readonly BlockKind KindOfType()
    {
        if (_json.TokenType != JsonTokenType.String)
            return BlockKind.Other;
        if (_json.ValueTextEquals("text"u8))
            return BlockKind.Text;
        if (_json.ValueTextEquals("tool_result"u8))
            return BlockKind.ToolResult;
        if (_json.ValueTextEquals("tool_use"u8) || _json.ValueTextEquals("server_tool_use"u8))
            return BlockKind.ToolUse;
        if (_json.ValueTextEquals("image"u8) || _json.ValueTextEquals("image_url"u8))
            return BlockKind.Image;
        if (_json.ValueTextEquals("document"u8) || _json.ValueTextEquals("file"u8))
            return BlockKind.Document;
        return _json.ValueTextEquals("thinking"u8) || _json.ValueTextEquals("redacted_thinking"u8) ? BlockKind.Reasoning : BlockKind.Other;
    }

    /// <summary>The object of a Converse tool result (<c>content</c>) or document (<c>source</c>).</summary>
    private void ReadInner(ref Draft draft)
    {
        if (!EnterObject())
            return;
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            if (key == OutlineKey.Content && _json.TokenType == JsonTokenType.StartArray)
                ReadParts(ref draft);
            else if (key == OutlineKey.Source && _json.TokenType == JsonTokenType.StartObject)
                ReadSource(ref draft);
            else
                Skip();
        }
    }

    /// <summary>The parts of a tool result or of a document's content.</summary>
    private void ReadParts(ref Draft draft)
    {
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType == JsonTokenType.StartObject)
                ReadPart(ref draft);
            else
                Skip();
        }
    }

    private void ReadPart(ref Draft draft)
    {
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            switch (key)
            {
                case OutlineKey.Text when _json.TokenType == JsonTokenType.String:
                    _texts.Add(new PromptText(_blocks.Count, Scalar()));
                    break;
                case OutlineKey.CacheControl when _dialect == Dialect.Anthropic:
                    draft.Points |= ReadMarker();
                    break;
                case OutlineKey.Type when !NamesItsBlocks:
                    HasImages |= KindOfType() == BlockKind.Image;
                    break;
                case OutlineKey.Source when !NamesItsBlocks && _json.TokenType == JsonTokenType.StartObject:
                    ReadSource(ref draft);
                    break;
                case OutlineKey.Document when NamesItsBlocks:
                    ReadInner(ref draft);
                    break;
                default:
                    HasImages |= NamesItsBlocks && key == OutlineKey.Image;
                    Skip();
                    break;
            }
        }
    }

    /// <summary>A document's source: its text, the base64 of its bytes, or parts of its own.</summary>
    private void ReadSource(ref Draft draft)
    {
        var (data, isText) = (default(ByteRange), false);
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            switch (key)
            {
                case OutlineKey.Type when _json.TokenType == JsonTokenType.String:
                    isText = _json.ValueTextEquals("text"u8);
                    break;
                case OutlineKey.Data when _json.TokenType == JsonTokenType.String:
                    data = Scalar();
                    break;
                case OutlineKey.Text when NamesItsBlocks && _json.TokenType == JsonTokenType.String:
                    _texts.Add(new PromptText(_blocks.Count, Scalar()));
                    break;
                case OutlineKey.Content when _json.TokenType == JsonTokenType.StartArray:
                    ReadParts(ref draft);
                    break;
                default:
                    Skip();
                    break;
            }
        }
        if (isText && !data.IsNone)
            _texts.Add(new PromptText(_blocks.Count, data));
    }

    /// <summary>The lifetime that a cache marker asks for; a null is none.</summary>
    private CacheLifetimes ReadMarker()
    {
        if (!EnterObject())
            return CacheLifetimes.None;
        var (isKnown, isHour) = (false, false);
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            var isText = _json.TokenType == JsonTokenType.String;
            isKnown |= key == OutlineKey.Type && isText && (_json.ValueTextEquals("ephemeral"u8) || _json.ValueTextEquals("default"u8));
            isHour |= key == OutlineKey.Ttl && isText && _json.ValueTextEquals("1h"u8);
            Skip();
        }
        _isDoubtful |= !isKnown;
        CallerPoints++;
        return isHour ? CacheLifetimes.OneHour : CacheLifetimes.FiveMinutes;
    }
}
