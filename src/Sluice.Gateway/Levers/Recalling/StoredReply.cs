using System.Diagnostics.CodeAnalysis;
using Sluice.Bedrock.Replies.Forms;

namespace Sluice.Gateway.Levers.Recalling;

/// <summary>A reply as the upstream gave it, to be given again.</summary>
/// <param name="Headers">Those that describe the answer; no request id, no date.</param>
/// <param name="IsMarked">Cache points of ours were in the request, so the counts are not those of the request as it was written.</param>
public sealed record StoredReply(int Status, KeyValuePair<string, string>[] Headers, byte[] Body, bool IsMarked, DateTimeOffset StoredAt)
{
    // Goes up when the layout of the bytes changes, so that what was written before is never misread.
    private const byte LayoutVersion = 1;

    /// <summary>About what it takes in memory.</summary>
    public long Bytes => Body.Length + (Headers.Length * 96L) + 256;

    public Reply ToReply()
    {
        var headers = new HeaderList(Headers.Length + 4);
        foreach (var (name, value) in Headers)
            headers.Add(name, value);
        return Reply.Plain(Status, headers, Body);
    }

    /// <summary>The same answer in the form that a request asks for, where this is the other and nothing would be lost.</summary>
    public bool TryConvert(InvocationRequest request, [NotNullWhen(true)] out StoredReply? converted)
    {
        converted = ReplyForms.TryConvert(request.Operation, request.Facts.Dialect, request.Facts.Streamed, Headers, Body, out var other)
            ? this with { Headers = [.. other.Headers], Body = other.Body }
            : null;
        return converted is not null;
    }

    /// <summary>All of it, for a disk.</summary>
    public byte[] ToBytes()
    {
        using var memory = new MemoryStream((int)Bytes);
        using var writer = new BinaryWriter(memory);
        writer.Write(LayoutVersion);
        writer.Write(Status);
        writer.Write(IsMarked);
        writer.Write(StoredAt.UtcTicks);
        writer.Write(Headers.Length);
        foreach (var (name, value) in Headers)
        {
            writer.Write(name);
            writer.Write(value);
        }
        writer.Write(Body.Length);
        writer.Write(Body);
        return memory.ToArray();
    }

    /// <summary>What <see cref="ToBytes"/> made; false for anything else.</summary>
    public static bool TryRead(byte[] bytes, [NotNullWhen(true)] out StoredReply? reply)
    {
        reply = null;
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            if (reader.ReadByte() != LayoutVersion)
                return false;
            var (status, isMarked, storedAt) = (reader.ReadInt32(), reader.ReadBoolean(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));
            var headers = new KeyValuePair<string, string>[Math.Clamp(reader.ReadInt32(), 0, bytes.Length)];
            for (var i = 0; i < headers.Length; i++)
                headers[i] = new(reader.ReadString(), reader.ReadString());
            var body = new byte[Math.Clamp(reader.ReadInt32(), 0, bytes.Length)];
            reader.BaseStream.ReadExactly(body);
            if (reader.BaseStream.Position != bytes.Length)
                return false;
            reply = new StoredReply(status, headers, body, isMarked, storedAt);
            return true;
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException)
        {
            return false;
        }
    }
}
