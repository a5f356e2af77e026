using System.Text.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>Tools, system and messages.</summary>
internal ref partial struct OutlineReader
{
    private void ReadToolConfig()
    {
        if (!EnterObject())
            return;
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            if (key == OutlineKey.Tools)
                ToolsJson = ReadTools();
            else
                Skip();
        }
    }

    private ByteRange ReadTools()
    {
        var start = _json.TokenStartIndex;
        if (!Enter(JsonTokenType.StartArray))
            return default;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            ReadTool();
        return ByteRange.Between(start, _json.BytesConsumed);
    }

    private void ReadTool()
    {
        var start = _json.TokenStartIndex;
        var (point, isPoint, takesPoint, members) = (CacheLifetimes.None, false, _dialect is Dialect.Converse or Dialect.Anthropic, 0);
        if (EnterObject())
        {
            ulong seen = 0;
            while (NextMember(ref seen, out var key))
            {
                members++;
                switch (key)
                {
                    case OutlineKey.CachePoint when _dialect == Dialect.Converse:
                        (point, isPoint) = (ReadMarker(), true);
                        break;
                    case OutlineKey.CacheControl when _dialect == Dialect.Anthropic:
                        point = ReadMarker();
                        takesPoint = false;
                        break;
                    case OutlineKey.DeferLoading:
                        // A tool that is loaded later is no part of the prefix; Anthropic refuses a marker on it.
                        takesPoint &= _json.TokenType != JsonTokenType.True;
                        Skip();
                        break;
                    default:
                        Skip();
                        break;
                }
            }
        }
        else
        {
            _isDoubtful = true;
        }
        AddBlock(new PromptBlock
        {
            Section = PromptSection.Tools,
            Kind = isPoint ? BlockKind.CachePoint : BlockKind.Other,
            Message = -1,
            Json = ByteRange.Between(start, _json.BytesConsumed),
            OwnPoints = point,
            TakesPoint = takesPoint && !isPoint && members > 0,
        });
    }

    private ByteRange ReadMessages()
    {
        var start = _json.TokenStartIndex;
        if (!Enter(JsonTokenType.StartArray))
            return default;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            ReadMessage();
        return ByteRange.Between(start, _json.BytesConsumed);
    }

    private void ReadMessage()
    {
        var (start, firstBlock, role, content) = (_json.TokenStartIndex, _blocks.Count, PromptRole.None, default(ByteRange));
        if (EnterObject())
        {
            ulong seen = 0;
            while (NextMember(ref seen, out var key))
            {
                switch (key)
                {
                    case OutlineKey.Role:
                        role = ReadRole();
                        break;
                    case OutlineKey.Content:
                        content = ReadContent(PromptSection.Messages, role, _messages.Count, mayBeString: !NamesItsBlocks);
                        break;
                    case OutlineKey.ToolCalls when _dialect == Dialect.OpenAi:
                        ReadToolCalls();
                        break;
                    case OutlineKey.FunctionCall when _dialect == Dialect.OpenAi && _json.TokenType == JsonTokenType.StartObject:
                        AddToolUse();
                        break;
                    default:
                        Skip();
                        break;
                }
            }
        }
        else
        {
            _isDoubtful = true;
        }
        // The role may stand behind the content, so the blocks learn it now.
        foreach (ref var block in _blocks.Items[firstBlock..])
        {
            var isResult = role == PromptRole.Tool && block.Kind == BlockKind.Text;
            block = block with { Role = role, Kind = isResult ? BlockKind.ToolResult : block.Kind };
        }
        _messages.Add(new PromptMessage(role, ByteRange.Between(start, _json.BytesConsumed), content, firstBlock, _blocks.Count - firstBlock));
    }

    private PromptRole ReadRole()
    {
        if (_json.TokenType != JsonTokenType.String)
        {
            _isDoubtful = true;
            Skip();
            return PromptRole.None;
        }
        if (_json.ValueTextEquals("user"u8))
            return PromptRole.User;
        if (_json.ValueTextEquals("assistant"u8))
            return PromptRole.Assistant;
        if (_json.ValueTextEquals("system"u8) || _json.ValueTextEquals("developer"u8))
            return PromptRole.System;
        return _json.ValueTextEquals("tool"u8) || _json.ValueTextEquals("function"u8) ? PromptRole.Tool : PromptRole.None;
    }

    private void ReadToolCalls()
    {
        if (!Enter(JsonTokenType.StartArray))
            return;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            AddToolUse();
    }

    private void AddToolUse()
    {
        var start = _json.TokenStartIndex;
        Skip();
        AddBlock(new PromptBlock
        {
            Section = PromptSection.Messages,
            Kind = BlockKind.ToolUse,
            Message = _messages.Count,
            Json = ByteRange.Between(start, _json.BytesConsumed),
        });
    }

    /// <summary>The system or a message's content: blocks, or one string where the dialect allows it.</summary>
    private ByteRange ReadContent(PromptSection section, PromptRole role, int message, bool mayBeString)
    {
        var start = _json.TokenStartIndex;
        if (_json.TokenType == JsonTokenType.String && mayBeString)
        {
            var token = Scalar();
            _texts.Add(new PromptText(_blocks.Count, token));
            AddBlock(new PromptBlock
            {
                Section = section,
                Kind = BlockKind.Text,
                Role = role,
                Message = message,
                Json = token,
                Text = token,
                IsBareString = true,
                TakesPoint = _dialect == Dialect.Anthropic && !IsBlank(token),
            });
            return token;
        }
        if (!Enter(JsonTokenType.StartArray))
            return default;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
            ReadBlock(section, role, message);
        return ByteRange.Between(start, _json.BytesConsumed);
    }

    private void AddBlock(in PromptBlock block)
    {
        if (block.Kind == BlockKind.CachePoint && _blocks.Count > 0)
        {
            ref var before = ref _blocks.Last;
            if (before.Section == block.Section && before.Message == block.Message)
                before = before with { OwnPoints = before.OwnPoints | block.OwnPoints, TakesPoint = false };
        }
        _blocks.Add(block);
    }

    /// <summary>The text has nothing but spaces and line ends, which may not carry a marker.</summary>
    private readonly bool IsBlank(ByteRange token)
    {
        var text = _body.Slice(token.Start + 1, token.Length - 2);
        while (!text.IsEmpty)
        {
            var isEscape = text[0] == '\\';
            if (isEscape ? text[1] is not ((byte)'n' or (byte)'r' or (byte)'t') : text[0] != ' ')
                return false;
            text = text[(isEscape ? 2 : 1)..];
        }
        return true;
    }
}
