using System.Collections;
using System.Runtime.InteropServices;

namespace Sluice.Gateway;

/// <summary>
/// Header fields in the order of the wire, repeated names kept. A list rather than a dictionary: a call has about a dozen
/// of them, and whatever Sluice does not understand must leave as it came.
/// </summary>
public sealed class HeaderList : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _fields;

    public HeaderList(int capacity = 16) => _fields = new(capacity);

    public int Count => _fields.Count;

    /// <summary>The fields where they lie; valid until the list changes.</summary>
    public ReadOnlySpan<KeyValuePair<string, string>> AsSpan() => CollectionsMarshal.AsSpan(_fields);

    /// <summary>The first value of a field, by name in any case, or null.</summary>
    public string? this[string name] => First(name);

    /// <summary>The first value of a field, by name in any case, or null.</summary>
    public string? First(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }
        return null;
    }

    /// <summary>What the first value of a field says, as text, or null.</summary>
    public string? FirstText(string name) => First(name) is { } value ? HeaderBytes.Text(value) : null;

    public void Add(string name, string value) => _fields.Add(new(name, value));

    /// <summary>Replaces every field of that name by one.</summary>
    public void Set(string name, string value)
    {
        Remove(name);
        Add(name, value);
    }

    public void Remove(string name) => _fields.RemoveAll(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A copy that has no field of that name.</summary>
    public HeaderList Without(string name)
    {
        var others = new HeaderList(_fields.Count);
        foreach (var field in _fields)
        {
            if (!field.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                others._fields.Add(field);
        }
        return others;
    }

    /// <summary>Enumerates without allocating when used by <c>foreach</c>.</summary>
    public List<KeyValuePair<string, string>>.Enumerator GetEnumerator() => _fields.GetEnumerator();

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _fields.GetEnumerator();
}
