using System.Text;

namespace Sluice.Bedrock.Json;

/// <summary>A small fixed map from UTF-8 names to values, grouped by length so that most names are told apart without being read.</summary>
internal sealed class Utf8Table<T>
{
    private (byte[] Name, T Value)[]?[] _byLength = [];

    public bool IsEmpty => _byLength.Length == 0;

    public IEnumerable<T> Values => _byLength.SelectMany(group => group ?? []).Select(entry => entry.Value);

    public void Set(string name, T value)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        if (bytes.Length >= _byLength.Length)
            Array.Resize(ref _byLength, bytes.Length + 1);
        var group = _byLength[bytes.Length] ?? [];
        var index = Array.FindIndex(group, entry => entry.Name.AsSpan().SequenceEqual(bytes));
        if (index < 0)
            _byLength[bytes.Length] = [.. group, (bytes, value)];
        else
            group[index].Value = value;
    }

    public bool TryGet(ReadOnlySpan<byte> name, out T value)
    {
        if (name.Length < _byLength.Length && _byLength[name.Length] is { } group)
        {
            foreach (ref readonly var entry in group.AsSpan())
            {
                if (name.SequenceEqual(entry.Name))
                {
                    value = entry.Value;
                    return true;
                }
            }
        }
        value = default!;
        return false;
    }
}
