using Sluice.Gateway.Levers.Trimming.Parts;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>The documents of one request, so that a later copy can be a reference to the first. Lives as long as the request.</summary>
internal sealed class RepeatedTexts(TrimOptions options)
{
    /// <summary>How much of a document's beginning names it.</summary>
    private const int MaxNameChars = 60;

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>The reference that takes the place of a part which was there before, letter for letter.</summary>
    public TrimEdit? Refer(string text, DataPart part)
    {
        if (part.Length < options.MinRepeatChars || !_names.TryGetValue(text.Substring(part.Start, part.Length), out var name))
            return null;
        var reference = $"[The same text as given above, which begins: {name}]";
        return reference.Length < part.Length ? new TrimEdit(TrimKinds.Repeats, part.Start, part.Length, reference, "a document that was given before, as a reference to it") : null;
    }

    /// <param name="replacement">What a reader will find above instead of the part; null where it stays as it is.</param>
    public void Remember(string text, DataPart part, string? replacement)
    {
        if (part.Length >= options.MinRepeatChars)
            _names.TryAdd(text.Substring(part.Start, part.Length), Name(replacement ?? text.AsSpan(part.Start, part.Length)));
    }

    /// <summary>The first words, on one line and without marks that would make data of them.</summary>
    private static string Name(ReadOnlySpan<char> text)
    {
        var line = text.TrimStart();
        line = line[..Math.Min(line.Length, MaxNameChars)];
        if (line is [.., var last] && char.IsHighSurrogate(last))
            line = line[..^1];
        Span<char> name = stackalloc char[MaxNameChars];
        for (var i = 0; i < line.Length; i++)
            name[i] = char.IsWhiteSpace(line[i]) || line[i] is '<' or '`' or '"' or '[' or ']' or '{' or '}' ? ' ' : line[i];
        return string.Join(' ', name[..line.Length].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries)) + "...";
    }
}
