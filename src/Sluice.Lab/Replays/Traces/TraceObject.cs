using System.Text.Json;

namespace Sluice.Lab.Replays.Traces;

/// <summary>One line of a trace that must be a JSON object, with errors that say which field is wrong.</summary>
internal readonly struct TraceObject : IDisposable
{
    private readonly JsonDocument _document;
    private readonly string _file;
    private readonly long _line;

    /// <exception cref="TraceException">The line is not a JSON object.</exception>
    public TraceObject(string file, long line, string text)
    {
        (_file, _line) = (file, line);
        try
        {
            _document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new TraceException(file, line, $"not JSON, from byte {e.BytePositionInLine ?? 0} on", e);
        }
        if (_document.RootElement.ValueKind == JsonValueKind.Object)
            return;
        _document.Dispose();
        throw new TraceException(file, line, "not a JSON object; each line of a trace holds one request");
    }

    /// <summary>A whole number that is not negative.</summary>
    public long Count(string field) =>
        Field(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number >= 0 ? number
        : throw Wrong(field, "a whole number that is not negative");

    public int Tokens(string field) => Count(field) is var count and <= int.MaxValue ? (int)count : throw Wrong(field, "a number of tokens");

    public string Text(string field) => Field(field) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(field, "a text");

    public long[] Counts(string field)
    {
        if (Field(field) is not { ValueKind: JsonValueKind.Array } array)
            throw Wrong(field, "a list of whole numbers");
        var numbers = new long[array.GetArrayLength()];
        var i = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i++]))
                throw Wrong(field, "a list of whole numbers");
        }
        return numbers;
    }

    public bool Has(string field) => _document.RootElement.TryGetProperty(field, out _);

    public TraceException Wrong(string field, string wanted) =>
        new(_file, _line, Has(field) ? $"`{field}` is not {wanted}" : $"`{field}` is missing; it should be {wanted}");

    public void Dispose() => _document.Dispose();

    private JsonElement? Field(string name) => _document.RootElement.TryGetProperty(name, out var value) ? value : null;
}
