using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Sluice.Ledger.Sqlite;

/// <summary>Gives every distinct set of tags a number. The most recent are remembered, within a bound.</summary>
internal sealed class TagSets(SqliteConnection connection)
{
    private const int MaxRemembered = 10_000;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);

    public long IdOf(ImmutableSortedDictionary<string, string> tags, SqliteTransaction transaction)
    {
        var text = Text(tags);
        if (_ids.TryGetValue(text, out var id))
            return id;
        if (_ids.Count >= MaxRemembered)
            _ids.Clear();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO tag_sets (tags) VALUES ($tags) ON CONFLICT (tags) DO UPDATE SET tags = tags RETURNING id";
        insert.Parameters.AddWithValue("$tags", text);
        return _ids[text] = (long)insert.ExecuteScalar()!;
    }

    /// <summary>Numbers that were given in a transaction which came to nothing are forgotten with it.</summary>
    public void Forget() => _ids.Clear();

    /// <summary>Canonical, since the tags are sorted by name.</summary>
    public static string Text(ImmutableSortedDictionary<string, string> tags)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in tags)
                json.WriteString(name, value);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
