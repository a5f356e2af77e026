using System.Buffers;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>
/// A map or list for each row, written as the JSON that exports to CSV have in its place: pairs as <c>{"team":"search"}</c>, other lists as
/// <c>["a","b"]</c> or <c>[{"id":1}]</c>.
/// </summary>
internal sealed class RepeatedColumn : ParquetColumn
{
    private static readonly string[] Pair = ["key", "value"];

    private readonly ColumnLeaf[] _leaves;
    private readonly int _entryLevel;
    private readonly bool _isMap;

    private RepeatedColumn(string name, ColumnLeaf[] leaves, int entryLevel, bool isMap)
        : base(name) => (_leaves, _entryLevel, _isMap) = (leaves, entryLevel, isMap);

    public override IEnumerable<DataField> Fields => _leaves.Select(l => l.Field);

    /// <returns>Null if it is nested deeper, or of a type that no bill has.</returns>
    public static RepeatedColumn? Of(string name, Field owner, DataField[] fields)
    {
        var leaves = fields.Select(ColumnLeaf.Of).OfType<ColumnLeaf>().ToArray();
        var isMap = owner is MapField || fields.Select(f => f.Name).SequenceEqual(Pair, StringComparer.Ordinal);
        return leaves.Length == fields.Length && Array.TrueForAll(fields, f => f.MaxRepetitionLevel == 1)
            ? new RepeatedColumn(name, leaves, owner.MaxDefinitionLevel, isMap)
            : null;
    }

    public override Cells Read(ParquetRowGroupReader group, int rows, ColumnBuffers buffers)
    {
        var count = (int)group.GetMetadata(_leaves[0].Field)!.MetaData!.NumValues;
        var texts = new TextTable();
        var codes = new int[_leaves.Length][];
        bool[] begins = [], isEntry = [], isNull = [];
        for (var i = 0; i < _leaves.Length; i++)
        {
            var own = (int)group.GetMetadata(_leaves[i].Field)!.MetaData!.NumValues;
            if (own != count)
                throw new InvalidDataException($"it has {count} values of one kind and {own} of another");
            codes[i] = _leaves[i].Codes(group, count, buffers, texts);
            if (i > 0)
                continue;
            var (definitions, repetitions) = (buffers.Definitions(count), buffers.Repetitions(count));
            begins = Where(repetitions, level => level == 0);
            isEntry = Where(definitions, level => level >= _entryLevel);
            isNull = Where(definitions, level => level < _entryLevel - 1);
        }
        return Cells(rows, codes, texts, begins, isEntry, isNull);
    }

    private static bool[] Where(Memory<int> levels, Func<int, bool> holds)
    {
        var flags = new bool[levels.Length];
        for (var i = 0; i < flags.Length; i++)
            flags[i] = holds(levels.Span[i]);
        return flags;
    }

    private TextCells Cells(int rows, int[][] codes, TextTable texts, bool[] begins, bool[] isEntry, bool[] isNull)
    {
        var cells = new int[rows];
        var whole = new TextTable();
        var row = 0;
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonTags.Options);
        for (var at = 0; at < begins.Length; row++)
        {
            var end = at + 1;
            while (end < begins.Length && !begins[end])
                end++;
            if (row == rows)
                break;
            cells[row] = isNull[at] ? -1 : Write(at, end);
            at = end;
        }
        return row == rows ? new TextCells(cells, whole) : throw new InvalidDataException($"it has values for {row} of {rows} rows");

        int Write(int from, int to)
        {
            buffer.ResetWrittenCount();
            json.Reset();
            if (_isMap)
                json.WriteStartObject();
            else
                json.WriteStartArray();
            for (var i = from; i < to && isEntry[i]; i++)
                Entry(json, codes, texts, i);
            if (_isMap)
                json.WriteEndObject();
            else
                json.WriteEndArray();
            json.Flush();
            return whole.CodeOf(buffer.WrittenSpan);
        }
    }

    private void Entry(Utf8JsonWriter json, int[][] codes, TextTable texts, int at)
    {
        if (_isMap)
        {
            json.WritePropertyName(codes[0][at] < 0 ? [] : texts[codes[0][at]]);
            Value(json, _leaves[1], codes[1][at], texts);
            return;
        }
        if (_leaves.Length == 1)
        {
            Value(json, _leaves[0], codes[0][at], texts);
            return;
        }
        json.WriteStartObject();
        for (var i = 0; i < _leaves.Length; i++)
        {
            json.WritePropertyName(_leaves[i].Field.Name);
            Value(json, _leaves[i], codes[i][at], texts);
        }
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, ColumnLeaf leaf, int code, TextTable texts)
    {
        if (code < 0)
            json.WriteNullValue();
        else if (leaf.IsQuoted)
            json.WriteStringValue(texts[code]);
        else
            json.WriteRawValue(texts[code]);
    }
}
