using System.Text.Json;

namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>One tool or system block by what stays of it, and by hashes of what may drift.</summary>
internal sealed class DriftUnit
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Descriptions in which drift is looked for; in further ones, each word counts.</summary>
    private const int MaximumTexts = 4;

    private readonly List<DriftText> _texts = [];
    private ulong _keys = DriftHash.Start, _arrays = DriftHash.Start;

    private DriftUnit() { }

    /// <summary>The same for units that differ only in what drifts.</summary>
    public ulong Skeleton { get; private set; }

    /// <summary>Letters that the skeleton rests on; a tool's names and values count as such.</summary>
    public int Letters { get; private set; }

    public static DriftUnit OfText(ReadOnlySpan<byte> text)
    {
        var read = DriftText.Of(text);
        var unit = new DriftUnit { Skeleton = DriftHash.Step(1, read.Skeleton), Letters = read.Letters };
        unit._texts.Add(read);
        return unit;
    }

    /// <summary>A tool's definition, or another block without a text of its own; null where it is no JSON.</summary>
    public static DriftUnit? OfJson(ReadOnlySpan<byte> json)
    {
        var unit = new DriftUnit();
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            unit.Skeleton = reader.Read() ? unit.Value(ref reader, isText: false) : 0;
            return unit;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>How this unit differs from one of the same skeleton; offsets are in its text, or 0 where it has several.</summary>
    public (DriftKinds Kinds, int From, int To) DifferenceFrom(DriftUnit other)
    {
        var kinds = (_keys == other._keys ? DriftKinds.None : DriftKinds.KeyOrder) | (_arrays == other._arrays ? DriftKinds.None : DriftKinds.ArrayOrder);
        var (from, to) = (0, 0);
        // In another order the texts are others too.
        for (var i = 0; i < _texts.Count && kinds == DriftKinds.None && i < other._texts.Count; i++)
        {
            var (found, start, end) = _texts[i].DifferenceFrom(other._texts[i]);
            kinds |= found;
            (from, to) = _texts.Count == 1 ? (start, end) : (0, 0);
        }
        return (kinds, from, to);
    }

    /// <summary>Members add up, so that their order does not tell; what their order is, is hashed beside.</summary>
    private ulong Value(ref Utf8JsonReader reader, bool isText)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(ref reader);
            case JsonTokenType.StartArray:
                return Array(ref reader);
            case JsonTokenType.String when isText && _texts.Count < MaximumTexts && reader.ValueSpan.Length >= DriftLimits.Letters:
                var text = new byte[reader.ValueSpan.Length];
                var read = DriftText.Of(text.AsSpan(0, reader.CopyString(text)));
                _texts.Add(read);
                Letters += read.Letters;
                return DriftHash.Step(1, read.Skeleton);
            default:
                Letters += reader.ValueSpan.Length;
                return DriftHash.Of((ulong)reader.TokenType, reader.ValueSpan);
        }
    }

    private ulong Object(ref Utf8JsonReader reader)
    {
        var sum = 2UL;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("cache_control"u8) || reader.ValueTextEquals("cachePoint"u8))
            {
                reader.Skip();
                continue;
            }
            var name = DriftHash.Of(0, reader.ValueSpan);
            var isText = reader.ValueTextEquals("description"u8);
            Letters += reader.ValueSpan.Length;
            _keys = DriftHash.Step(_keys, name);
            reader.Read();
            var value = DriftHash.Step(name, Value(ref reader, isText));
            sum = unchecked(sum + value);
        }
        return DriftHash.Step(3, sum);
    }

    /// <summary>A list of texts is taken for a set, as <c>required</c> is one; any other has its order.</summary>
    private ulong Array(ref Utf8JsonReader reader)
    {
        var (ordered, sum, isSet) = (DriftHash.Start, 0UL, true);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            isSet &= reader.TokenType == JsonTokenType.String;
            var value = Value(ref reader, isText: false);
            ordered = DriftHash.Step(ordered, value);
            sum = unchecked(sum + DriftHash.Step(4, value));
        }
        if (!isSet)
            return DriftHash.Step(5, ordered);
        // The order of keys changes the order of lists too, so each counts by itself.
        _arrays = unchecked(_arrays + DriftHash.Step(6, ordered));
        return DriftHash.Step(7, sum);
    }
}
