using System.Runtime.InteropServices;
using Sluice.Core;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>A shelf as rows of bytes, for a disk: what each tenant's traffic showed, and the questions with their answers.</summary>
internal static class SemanticRows
{
    // Goes up when the layout of the rows changes, so that what was written before is never misread.
    private const byte LayoutVersion = 2;
    private const byte BoundRow = 1;
    private const byte EntryRow = 2;

    /// <summary>What was learned first, then the questions, the most hit first; rows beyond the shelf's room on the disk are left out.</summary>
    public static IEnumerable<byte[]> Of(SemanticShelf shelf, long maxBytes)
    {
        foreach (var (tenant, bound) in shelf.Memory.SnapshotBounds())
        {
            var row = Row(BoundRow, shelf.Name, writer => Write(writer, tenant, bound));
            if ((maxBytes -= row.Length) < 0)
                yield break;
            yield return row;
        }
        foreach (var entry in shelf.Memory.Snapshot().OrderByDescending(e => e.Hits))
        {
            if (!shelf.Replies.TryGet(TextAnswer.KeyOf(entry.AnswerId), DateTimeOffset.MinValue, out var reply))
                continue;
            var row = Row(EntryRow, shelf.Name, writer => Write(writer, entry, reply));
            if ((maxBytes -= row.Length) < 0)
                yield break;
            yield return row;
        }
    }

    /// <summary>Takes a row in; false for one of another shelf or another layout, and for a broken one.</summary>
    public static bool TryTake(SemanticShelf shelf, byte[] row)
    {
        using var reader = new BinaryReader(new MemoryStream(row));
        try
        {
            if (reader.ReadByte() != LayoutVersion || reader.ReadByte() is var kind && kind is not (BoundRow or EntryRow) || reader.ReadString() != shelf.Name)
                return false;
            if (kind == BoundRow)
            {
                shelf.Memory.RestoreBound(reader.ReadString(), ReadBound(reader));
                return true;
            }
            var entry = ReadEntry(reader);
            if (!StoredReply.TryRead(ReadBytes(reader), out var reply))
                return false;
            shelf.Replies.Put(TextAnswer.KeyOf(entry.AnswerId), reply);
            shelf.Memory.Restore([entry]);
            return true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or OverflowException)
        {
            return false;
        }
    }

    private static byte[] Row(byte kind, string shelf, Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(LayoutVersion);
        writer.Write(kind);
        writer.Write(shelf);
        write(writer);
        return memory.ToArray();
    }

    private static void Write(BinaryWriter writer, string tenant, BoundSnapshot bound)
    {
        writer.Write(tenant);
        writer.Write(bound.Calls);
        writer.Write(bound.Served);
        writer.Write(bound.Explored);
        writer.Write(bound.ExploredWrong);
        writer.Write(bound.Complaints);
        writer.Write(bound.Labels.Count);
        foreach (var label in bound.Labels)
        {
            writer.Write(label.Score);
            writer.Write(label.IsRight);
            writer.Write(label.Weight);
            writer.Write(label.Call);
        }
    }

    private static BoundSnapshot ReadBound(BinaryReader reader)
    {
        var (calls, served, explored, wrong, complaints) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        var labels = new List<BoundLabel>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            labels.Add(new BoundLabel(reader.ReadDouble(), reader.ReadBoolean(), reader.ReadDouble(), reader.ReadInt64()));
        return new BoundSnapshot(calls, served, explored, wrong, complaints, labels);
    }

    private static void Write(BinaryWriter writer, SemanticEntry entry, StoredReply reply)
    {
        writer.Write(entry.Partition.Tenant);
        WriteBytes(writer, entry.Partition.ToArray());
        writer.Write(entry.Text);
        WriteBytes(writer, MemoryMarshal.AsBytes<ushort>(entry.Embedding.Dimensions));
        WriteBytes(writer, entry.Embedding.Counts);
        WriteBytes(writer, MemoryMarshal.AsBytes<float>(entry.Embedding.Values));
        writer.Write(entry.AnswerId);
        writer.Write(entry.Saving.Usd);
        writer.Write(entry.Hits);
        writer.Write(entry.Trust.Right);
        writer.Write(entry.Trust.Wrong);
        writer.Write(entry.Trust.HighestWrong);
        WriteBytes(writer, reply.ToBytes());
    }

    private static SemanticEntry ReadEntry(BinaryReader reader)
    {
        var partition = new PartitionKey(reader.ReadString(), ReadBytes(reader));
        var text = reader.ReadString();
        var (dimensions, counts, values) = (MemoryMarshal.Cast<byte, ushort>(ReadBytes(reader)).ToArray(), ReadBytes(reader), MemoryMarshal.Cast<byte, float>(ReadBytes(reader)).ToArray());
        var embedding = values.Length > 0 ? Embedding.Dense(values) : Embedding.Sparse(dimensions, counts);
        return new SemanticEntry(
            partition, text, embedding, reader.ReadString(), Money.FromUsd(reader.ReadDecimal()), reader.ReadInt32(),
            new EntryTrust(reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble()));
    }

    private static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        var bytes = reader.ReadBytes(Math.Clamp(length, 0, (int)(reader.BaseStream.Length - reader.BaseStream.Position)));
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}
