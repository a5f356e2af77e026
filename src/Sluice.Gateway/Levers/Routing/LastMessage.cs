using System.Buffers;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers.Routing;

/// <summary>The texts of the caller's last message, with their escapes resolved, in a rented buffer.</summary>
internal sealed class LastMessage : IDisposable
{
    private char[] _buffer = [];
    private int _length;

    public ReadOnlySpan<char> Text => _buffer.AsSpan(0, _length);

    /// <summary>Reads the last message of a user; empty where there is none.</summary>
    public static LastMessage Of(PromptOutline outline, ReadOnlySpan<byte> body)
    {
        var text = new LastMessage();
        var last = outline.Messages.Length - 1;
        while (last >= 0 && outline.Messages[last].Role != PromptRole.User)
            last--;
        foreach (var (index, token) in outline.Texts)
        {
            if (outline.Blocks[index] is { Section: PromptSection.Messages, Role: PromptRole.User } block && block.Message == last)
                text.Add(token.In(body));
        }
        return text;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<char>.Shared.Return(_buffer);
        (_buffer, _length) = ([], 0);
    }

    private void Add(ReadOnlySpan<byte> token)
    {
        var reader = new Utf8JsonReader(token);
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
            return;
        // No escape and no sequence of UTF-8 has more characters than bytes.
        Reserve(_length + token.Length + 1);
        if (_length > 0)
            _buffer[_length++] = '\n';
        _length += reader.CopyString(_buffer.AsSpan(_length));
    }

    private void Reserve(int length)
    {
        if (length <= _buffer.Length)
            return;
        var larger = ArrayPool<char>.Shared.Rent(length);
        Text.CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<char>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
