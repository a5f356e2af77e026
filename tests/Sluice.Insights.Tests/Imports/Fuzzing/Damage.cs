using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Insights.Imports;

namespace Sluice.Insights.Tests.Imports.Fuzzing;

/// <summary>What may happen to a bill on its way.</summary>
internal static class Damage
{
    private static readonly string[] Odd =
    [
        "", " ", "0", "-1", "1e308", "1,234", "1.234,5", "NaN", "null", "NULL", "true", "x", "a,b", "a;b", "a\tb", "\"", "\"\"", "'", "line\nbreak", "\r", "=1+1", "$5", "€5", "\0", "é", "😀", "\\uD800", "\u202Eabc", "{", "{}", "[]",
        "{\"product_name\":1}", "{\"a\":{\"b\":[1]}}", "[[[[[[", "Tax", "Credit", "Refund", "2026-02-30", "31/12/2026", "9999-12-31T23:59:59Z", "0001-01-01", "79228162514264337593543950336", "-79228162514264337593543950335", "(5)", "1/2/3",
        "USE1-", "MP:", "-Units", "1M", "1e9M", "0K", "Tokens", "a/b:c", "**", new string('9', 400), new string('x', 40_000), new string('[', 5_000),
    ];

    /// <summary>Cells that money, counts, days, tags and the identity of a charge come from.</summary>
    private static readonly string[] Guarded =
        ["cost", "amount", "price", "quantity", "date", "time", "period", "tag", "label", "id", "currency", "credit", "unit", "month", "key", "value", "start", "end", "tokens", "object", "type", "_at", "number", "has_more", "cloud", "category"];

    public static string OddText(Random random) => Odd[random.Next(Odd.Length)];

    /// <summary>Bytes that are lost, doubled, turned or changed.</summary>
    public static byte[] Bytes(byte[] content, Random random)
    {
        var bytes = new List<byte>(content);
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 60), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0: bytes.RemoveRange(at, length); break;
                case 1: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 2: bytes[at] = (byte)random.Next(256); break;
                case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                case 4: bytes.InsertRange(at, Encoding.UTF8.GetBytes(OddText(random))); break;
                case 5: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                default: bytes.InsertRange(at, new byte[] { (byte)random.Next(256), (byte)"\"',;\n\r\t{}[]:"[random.Next(12)] }); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Any cells of a table, its header too, become any text.</summary>
    public static byte[] Cells(string table, Random random)
    {
        var rows = Rows(table);
        for (var change = random.Next(1, 5); change > 0; change--)
        {
            var row = rows[random.Next(rows.Count)];
            row[random.Next(row.Length)] = OddText(random);
        }
        return Written(rows, ",", "\n");
    }

    /// <summary>A cell of a table that none of its amounts depends on; null where it has none.</summary>
    public static byte[]? FreeCell(string table, Random random)
    {
        var rows = Rows(table);
        var free = rows[0].Index().Where(c => !IsGuarded(c.Item)).Select(c => c.Index).ToList();
        if (free.Count == 0)
            return null;
        rows[random.Next(1, rows.Count)][free[random.Next(free.Count)]] = OddText(random);
        return Written(rows, ",", "\n");
    }

    /// <summary>Another spelling of the same table.</summary>
    public static byte[] Respelled(string table, Random random)
    {
        var rows = Rows(table);
        var order = Enumerable.Range(0, rows[0].Length).ToArray();
        random.Shuffle(order);
        rows = [.. rows.Select(r => order.Select(i => r[i]).ToArray())];
        if (random.Next(3) == 0)
            rows = [.. rows.Select((r, i) => r.Append(i == 0 ? "note of ours" : OddText(random)).ToArray())];
        var body = rows.Skip(1).ToArray();
        random.Shuffle(body);
        return Packed(Written([rows[0], .. body], random.Next(3) == 0 ? ";" : random.Next(3) == 0 ? "\t" : ",", random.Next(2) == 0 ? "\r\n" : "\n", random.Next(2) == 0), random);
    }

    /// <summary>Any value of JSON becomes any other.</summary>
    public static byte[] Values(string json, Random random) => Records(json, random, places =>
    {
        for (var change = random.Next(1, 4); change > 0; change--)
            places[random.Next(places.Count)].Put(random.Next(8) switch { 0 => null, 1 => new JsonArray(), 2 => new JsonObject(), 3 => JsonValue.Create(random.NextInt64()), 4 => JsonValue.Create(random.Next(2) == 0), 5 => new JsonArray(1, "x", null), _ => JsonValue.Create(OddText(random)) });
    });

    /// <summary>A text of JSON that none of its amounts depends on; null where it has none.</summary>
    public static byte[]? FreeValue(string json, Random random)
    {
        var any = false;
        var changed = Records(json, random, places =>
        {
            var free = places.Where(p => p.Name is not null && !IsGuarded(p.Name) && p.Value is JsonValue value && value.GetValueKind() == JsonValueKind.String).ToList();
            if (free.Count == 0 || any)
                return;
            any = true;
            free[random.Next(free.Count)].Put(JsonValue.Create(OddText(random)));
        });
        return any ? changed : null;
    }

    /// <summary>Another spelling of the same records.</summary>
    public static byte[] RespelledJson(string json, Random random) => Packed(Records(json, random, _ => { }, isShuffled: true), random);

    private static bool IsGuarded(string name) => Array.Exists(Guarded, g => name.Contains(g, StringComparison.OrdinalIgnoreCase));

    private static List<string[]> Rows(string table)
    {
        using var csv = new CsvRows(new MemoryStream(Encoding.UTF8.GetBytes(table)), (_, _) => { });
        var rows = new List<string[]> { csv.Headers.ToArray() };
        while (csv.Read())
            rows.Add([.. rows[0].Select((_, i) => Encoding.UTF8.GetString(csv.Span(i)))]);
        return rows;
    }

    private static byte[] Written(IEnumerable<string[]> rows, string delimiter, string end, bool isQuoted = false) => Encoding.UTF8.GetBytes(string.Concat(rows.Select(r => string.Join(delimiter, r.Select(c =>
        isQuoted || !c.All(char.IsAsciiLetterOrDigit) ? "\"" + c.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : c)) + end)));

    private static byte[] Packed(byte[] utf8, Random random)
    {
        var text = Encoding.UTF8.GetString(utf8);
        var encoding = random.Next(5) switch { 0 => new UTF8Encoding(true), 1 => Encoding.Unicode, 2 => Encoding.BigEndianUnicode, 3 => Encoding.UTF32, _ => new UTF8Encoding(false) };
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
        if (random.Next(3) > 0)
            return bytes;
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(bytes);
        return buffer.ToArray();
    }

    private static byte[] Records(string json, Random random, Action<List<Place>> change, bool isShuffled = false)
    {
        var texts = json.StartsWith("{\"", StringComparison.Ordinal) && json.Contains("}\n{", StringComparison.Ordinal) ? json.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [json];
        var records = texts.Select(t => JsonNode.Parse(t)!).ToArray();
        foreach (var record in records)
            change([.. Places(record)]);
        if (isShuffled)
        {
            random.Shuffle(records);
            records = [.. records.Select(r => Shuffled(r, random)!)];
        }
        var options = new JsonSerializerOptions { WriteIndented = isShuffled && records.Length == 1 && random.Next(2) == 0 };
        return Encoding.UTF8.GetBytes(string.Join('\n', records.Select(r => r.ToJsonString(options))));
    }

    private static JsonNode? Shuffled(JsonNode? node, Random random)
    {
        if (node is JsonArray array)
            return new JsonArray([.. array.Select(i => Shuffled(i, random))]);
        if (node is not JsonObject all)
            return node?.DeepClone();
        var pairs = all.Select(p => KeyValuePair.Create(p.Key, Shuffled(p.Value, random))).ToArray();
        random.Shuffle(pairs);
        return new JsonObject(pairs);
    }

    private static IEnumerable<Place> Places(JsonNode node)
    {
        if (node is JsonObject all)
        {
            foreach (var (name, value) in all.ToList())
            {
                yield return new Place(name, value, put => all[name] = put);
                foreach (var place in value is null ? [] : Places(value))
                    yield return place;
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var (i, value) in array.ToList().Index())
            {
                yield return new Place(null, value, put => array[i] = put);
                foreach (var place in value is null ? [] : Places(value))
                    yield return place;
            }
        }
    }

    private sealed record Place(string? Name, JsonNode? Value, Action<JsonNode?> Put);
}
