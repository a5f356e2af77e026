using System.Text.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>One pass over a body that finds its blocks and parameters. Whatever is in doubt is remembered and makes the outline incomplete.</summary>
internal ref partial struct OutlineReader(ReadOnlySpan<byte> body, Dialect dialect, ByteRange[] parameters)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Dialect _dialect = dialect;
    private readonly ByteRange[] _parameters = parameters;
    private Utf8JsonReader _json;
    private PooledList<PromptBlock> _blocks = new();
    private PooledList<PromptMessage> _messages = new();
    private PooledList<PromptText> _texts = new();
    private CacheLifetimes _wholeRequest;
    private bool _isDoubtful;

    public int CallerPoints { get; private set; }

    public bool HasImages { get; private set; }

    public bool HasGuardrail { get; private set; }

    public long? MaxTokens { get; private set; }

    public double? Temperature { get; private set; }

    public long? ThinkingBudget { get; private set; }

    public ByteRange ToolsJson { get; private set; }

    public ByteRange SystemJson { get; private set; }

    public ByteRange SystemNull { get; private set; }

    public ByteRange MessagesJson { get; private set; }

    public ObjectPlace Root { get; private set; }

    public ObjectPlace ParameterObject { get; private set; }

    public ByteRange ParameterNull { get; private set; }

    private readonly bool NamesItsBlocks => _dialect is Dialect.Converse or Dialect.Nova;

    public bool TryReadAll()
    {
        try
        {
            _json = new Utf8JsonReader(_body, RequestReader.JsonOptions);
            if (!_json.Read() || _json.TokenType != JsonTokenType.StartObject)
                return false;
            ulong seen = 0;
            Root = Place();
            while (NextMember(ref seen, out var key))
                ReadRootMember(key);
            Root = Root with { IsEmpty = IsEmpty(Root) };
            if (!NamesItsBlocks)
                ParameterObject = Root;
            // Asks for what stands behind the root object, which is nothing or an error.
            _json.Read();
            return !_isDoubtful;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is the reader's word for escapes that are no text, such as half a surrogate pair.
            return false;
        }
    }

    /// <summary>Hands over what was found, with the blocks in the order of their sections.</summary>
    public readonly void SortInto(ref PooledList<PromptBlock> blocks, ref PooledList<PromptMessage> messages, ref PooledList<PromptText> texts)
    {
        var newPlaces = new PooledList<int>();
        newPlaces.Extend(_blocks.Count);
        for (var section = PromptSection.Tools; section <= PromptSection.Messages; section++)
        {
            foreach (ref readonly var text in _texts.Items)
            {
                if (_blocks.Items[text.Block].Section == section)
                    texts.Add(text);
            }
            for (var i = 0; i < _blocks.Count; i++)
            {
                if (_blocks.Items[i].Section != section)
                    continue;
                newPlaces.Items[i] = blocks.Count;
                blocks.Add(_blocks.Items[i]);
            }
        }
        foreach (ref var text in texts.Items)
            text = text with { Block = newPlaces.Items[text.Block] };
        foreach (var message in _messages.Items)
            messages.Add(message with { FirstBlock = message.Blocks > 0 ? newPlaces.Items[message.FirstBlock] : blocks.Count });
        // A marker of the whole request caches up to the last block that it can.
        if (_wholeRequest != CacheLifetimes.None && blocks.Count > 0)
            blocks.Last = blocks.Last with { OwnPoints = blocks.Last.OwnPoints | _wholeRequest, TakesPoint = false };
        newPlaces.Return();
    }

    public void Return()
    {
        _blocks.Return();
        _messages.Return();
        _texts.Return();
    }

    private void ReadRootMember(OutlineKey key)
    {
        switch (key)
        {
            case OutlineKey.Messages:
                MessagesJson = ReadMessages();
                break;
            case OutlineKey.System when _dialect != Dialect.OpenAi && _json.TokenType == JsonTokenType.Null:
                SystemNull = Scalar();
                break;
            case OutlineKey.System when _dialect != Dialect.OpenAi:
                SystemJson = ReadContent(PromptSection.System, PromptRole.System, -1, mayBeString: _dialect == Dialect.Anthropic);
                break;
            case OutlineKey.Tools when !NamesItsBlocks:
                ToolsJson = ReadTools();
                break;
            case OutlineKey.Functions when _dialect == Dialect.OpenAi:
                ReadTools();
                break;
            case OutlineKey.ToolConfig when NamesItsBlocks:
                ReadToolConfig();
                break;
            case OutlineKey.InferenceConfig when NamesItsBlocks:
                ReadInferenceConfig();
                break;
            case OutlineKey.AdditionalFields when _dialect == Dialect.Converse:
            case OutlineKey.Thinking:
                ReadAdditionalFields();
                break;
            case OutlineKey.OutputConfig:
                ReadOutputConfig();
                break;
            case OutlineKey.Guardrail:
                HasGuardrail = _json.TokenType != JsonTokenType.Null;
                Skip();
                break;
            case OutlineKey.CacheControl when _dialect == Dialect.Anthropic:
                _wholeRequest = ReadMarker();
                break;
            default:
                if (!NamesItsBlocks)
                    NoteParameter(key);
                Skip();
                break;
        }
    }

    private void ReadInferenceConfig()
    {
        if (_json.TokenType == JsonTokenType.Null)
            ParameterNull = Scalar();
        if (!EnterObject())
            return;
        var place = Place();
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            NoteParameter(key);
            Skip();
        }
        ParameterObject = place with { IsEmpty = IsEmpty(place) };
    }

    /// <summary>
    /// Fields that go to the model as they are. They may hold anything, so a parameter is what has its name and is a number.
    /// </summary>
    private void ReadAdditionalFields()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            Skip();
            return;
        }
        var depth = _json.CurrentDepth;
        var key = OutlineKey.Unknown;
        while (_json.Read() && _json.CurrentDepth > depth)
        {
            if (_json.TokenType == JsonTokenType.PropertyName)
                key = Name();
            else if (_json.TokenType != JsonTokenType.Number)
                continue;
            else if (key == OutlineKey.BudgetTokens && _json.TryGetInt64(out var budget))
                ThinkingBudget = Math.Max(ThinkingBudget ?? 0, budget);
            else if (key is OutlineKey.SnakeMaxTokens or OutlineKey.CamelMaxTokens)
                NoteMaxTokens(PromptParameter.MaxTokensAlias);
            else if (key is OutlineKey.TopK or OutlineKey.Seed)
                NoteParameter(key);
        }
    }

    private void ReadOutputConfig()
    {
        if (!EnterObject())
            return;
        ulong seen = 0;
        while (NextMember(ref seen, out var key))
        {
            if (key == OutlineKey.OutputFormat)
                NoteParameter(key);
            else
                Skip();
        }
    }

    /// <summary>Notes the value that the reader stands on, and reads to its end where it is an object or array.</summary>
    private void NoteParameter(OutlineKey key)
    {
        switch (key)
        {
            case OutlineKey.CamelMaxTokens when NamesItsBlocks:
            case OutlineKey.SnakeMaxTokens when _dialect == Dialect.Anthropic:
            case OutlineKey.MaxCompletionTokens when _dialect == Dialect.OpenAi:
                NoteMaxTokens(PromptParameter.MaxTokens);
                break;
            case OutlineKey.SnakeMaxTokens when _dialect == Dialect.OpenAi:
            case OutlineKey.MaxNewTokens when _dialect == Dialect.Nova:
                NoteMaxTokens(PromptParameter.MaxTokensAlias);
                break;
            case OutlineKey.Temperature:
                Temperature = _json.TokenType == JsonTokenType.Number && _json.TryGetDouble(out var temperature) ? temperature : null;
                Note(PromptParameter.Temperature);
                break;
            case OutlineKey.TopP:
                Note(PromptParameter.TopP);
                break;
            case OutlineKey.TopK:
                Note(PromptParameter.TopK);
                break;
            case OutlineKey.Seed:
                Note(PromptParameter.Seed);
                break;
            case OutlineKey.StopSequences:
                Note(PromptParameter.StopSequences);
                break;
            case OutlineKey.OutputFormat:
                Note(PromptParameter.OutputFormat);
                break;
        }
    }

    private void NoteMaxTokens(PromptParameter parameter)
    {
        // Some clients write whole numbers as 512.0.
        if (_json.TokenType == JsonTokenType.Number && _json.TryGetDecimal(out var tokens)
            && tokens is >= 0 and <= long.MaxValue && decimal.IsInteger(tokens))
            MaxTokens = Math.Max(MaxTokens ?? 0, (long)tokens);
        else
            _isDoubtful |= _json.TokenType != JsonTokenType.Null;
        Note(parameter);
    }

    private void Note(PromptParameter parameter)
    {
        var start = _json.TokenStartIndex;
        Skip();
        _parameters[(int)parameter] = ByteRange.Between(start, _json.BytesConsumed);
    }

    /// <summary>Goes to the value of the next member; false at the object's end.</summary>
    private bool NextMember(ref ulong seen, out OutlineKey key)
    {
        key = OutlineKey.Unknown;
        if (!_json.Read() || _json.TokenType != JsonTokenType.PropertyName)
            return false;
        key = Name();
        if (key != OutlineKey.Unknown)
        {
            var bit = 1UL << (int)key;
            // Readers differ in which of two equal names holds, so no one can tell what the upstream will read.
            _isDoubtful |= (seen & bit) != 0;
            seen |= bit;
        }
        _json.Read();
        return true;
    }

    private readonly OutlineKey Name()
    {
        if (!_json.ValueIsEscaped)
            return OutlineKeys.Of(_json.ValueSpan);
        if (_json.ValueSpan.Length > OutlineKeys.LongestEscaped)
            return OutlineKey.Unknown;
        Span<byte> unescaped = stackalloc byte[OutlineKeys.LongestEscaped];
        return OutlineKeys.Of(unescaped[.._json.CopyString(unescaped)]);
    }

    /// <summary>Whether the reader stands at an object's start. A null is as good as nothing; all else is in doubt.</summary>
    private bool EnterObject() => Enter(JsonTokenType.StartObject);

    private bool Enter(JsonTokenType start)
    {
        if (_json.TokenType == start)
            return true;
        _isDoubtful |= _json.TokenType != JsonTokenType.Null;
        Skip();
        return false;
    }

    private void Skip() => _json.Skip();

    private readonly ObjectPlace Place() => new((int)_json.TokenStartIndex + 1, IsEmpty: false);

    /// <summary>Asked when the reader stands at the object's end.</summary>
    private readonly bool IsEmpty(ObjectPlace place) => !_body[place.Open..(int)_json.TokenStartIndex].ContainsAnyExcept(" \t\r\n"u8);

    /// <summary>The range of a token that is no object or array.</summary>
    private readonly ByteRange Scalar() => ByteRange.Between(_json.TokenStartIndex, _json.BytesConsumed);
}
