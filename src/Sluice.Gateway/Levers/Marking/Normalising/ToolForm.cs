using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;

namespace Sluice.Gateway.Levers.Marking.Normalising;

/// <summary>A tool's name, and its definition with the members of its schema in order.</summary>
internal readonly record struct ToolForm(string Name, byte[] Json)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Null where the tool has no name, or its schema can't be put into order without a doubt.</summary>
    public static ToolForm? Of(ReadOnlySpan<byte> json, bool sorts)
    {
        try
        {
            var reader = new Utf8JsonReader(json, Options);
            var (name, schema) = (default(string), default(ByteRange));
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var isName = reader.CurrentDepth <= 2 && reader.ValueTextEquals("name"u8);
                var isSchema = reader.ValueTextEquals("input_schema"u8) || (reader.CurrentDepth == 3 && reader.ValueTextEquals("json"u8));
                var isWrapper = reader.ValueTextEquals("toolSpec"u8) || reader.ValueTextEquals("systemTool"u8) || reader.ValueTextEquals("inputSchema"u8);
                if (isWrapper)
                    continue;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (isName && reader.TokenType == JsonTokenType.String)
                    name ??= reader.GetString();
                reader.Skip();
                if (isSchema)
                    schema = new ByteRange(start, (int)reader.BytesConsumed - start);
            }
            if (name is null)
                return null;
            if (!sorts || schema.IsNone)
                return new ToolForm(name, json.ToArray());
            var sorted = new MemoryStream(json.Length);
            sorted.Write(json[..schema.Start]);
            var isChanged = false;
            var inner = new Utf8JsonReader(schema.In(json), Options);
            inner.Read();
            if (!TryWrite(ref inner, schema.In(json), sorted, ref isChanged))
                return null;
            sorted.Write(json[schema.End..]);
            return new ToolForm(name, isChanged ? sorted.ToArray() : json.ToArray());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes one value with every object's members by name; what is no object stays byte for byte. False where two members have one name.</summary>
    private static bool TryWrite(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, MemoryStream output, ref bool isChanged)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            output.Write(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
            return true;
        }
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        var members = new List<(string Name, byte[] Json)>();
        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            using var member = new MemoryStream();
            var name = "";
            if (isObject)
            {
                name = reader.GetString()!;
                member.Write(json[(int)reader.TokenStartIndex..((int)reader.TokenStartIndex + reader.ValueSpan.Length + 2)]);
                member.WriteByte((byte)':');
                reader.Read();
            }
            if (!TryWrite(ref reader, json, member, ref isChanged))
                return false;
            members.Add((name, member.ToArray()));
        }
        if (isObject)
        {
            var inOrder = members.OrderBy(m => m.Name, StringComparer.Ordinal).ToList();
            for (var i = 1; i < inOrder.Count; i++)
            {
                if (inOrder[i].Name == inOrder[i - 1].Name)
                    return false;
            }
            isChanged |= !inOrder.SequenceEqual(members);
            members = inOrder;
        }
        output.WriteByte(isObject ? (byte)'{' : (byte)'[');
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0)
                output.WriteByte((byte)',');
            output.Write(members[i].Json);
        }
        output.WriteByte(isObject ? (byte)'}' : (byte)']');
        return true;
    }
}
