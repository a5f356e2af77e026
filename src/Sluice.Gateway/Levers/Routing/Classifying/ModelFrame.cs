using System.Text;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// What stands around the arrays of a trained model's file: a mark, the version of the form, the features' fingerprint and
/// words, and a checksum behind all. It holds no time and no name of a machine, so the same training gives the same bytes.
/// </summary>
/// <param name="Name">What messages call the model.</param>
/// <param name="Mark">The file's first line.</param>
/// <param name="Version">Of the form. Another one is refused; a model is trained anew in seconds.</param>
/// <param name="Fingerprint">SHA-256 in hexadecimal of the features that this code makes.</param>
/// <param name="Features">The same in words.</param>
/// <param name="Command">What trains such a model.</param>
internal sealed record ModelFrame(string Name, string Mark, int Version, string Fingerprint, string Features, string Command)
{
    public void Write(Stream stream, Action<BinaryWriter> body)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Encoding.ASCII.GetBytes(Mark));
            writer.Write(Version);
            writer.Write(Fingerprint);
            writer.Write(Features);
            body(writer);
        }
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        stream.Write(bytes);
        stream.Write(BitConverter.GetBytes(Crc32.Compute(bytes)));
    }

    /// <param name="stream">Read to its end.</param>
    /// <param name="body">Reads what <see cref="Write"/>'s wrote; it may throw a <see cref="FormatException"/>.</param>
    /// <exception cref="RouterModelException">It is no such file, is damaged, or was trained with other features than this code makes.</exception>
    public T Read<T>(Stream stream, Func<BinaryReader, T> body)
    {
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        if (!bytes.StartsWith(Encoding.ASCII.GetBytes(Mark)))
            throw new RouterModelException($"This is no {Name}; `{Command}` writes one.");
        if (bytes.Length < Mark.Length + 8 || BitConverter.ToUInt32(bytes[^4..]) != Crc32.Compute(bytes[..^4]))
            throw new RouterModelException($"The {Name} is damaged: its checksum does not fit. Copy it again, or train it again with `{Command}`.");
        buffer.Position = Mark.Length;
        using var reader = new BinaryReader(buffer, Encoding.UTF8, leaveOpen: true);
        try
        {
            Check(reader);
            return body(reader);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException or IOException or OverflowException)
        {
            throw new RouterModelException($"The {Name} is damaged: its parts do not fit together. Train it again with `{Command}`.", e);
        }
    }

    private void Check(BinaryReader reader)
    {
        var version = reader.ReadInt32();
        if (version != Version)
            throw new RouterModelException($"The {Name} has form {version}, and this Sluice reads form {Version}. Train it again with `{Command}`.");
        var fingerprint = reader.ReadString();
        var features = reader.ReadString();
        if (fingerprint != Fingerprint)
        {
            throw new RouterModelException(
                $"The {Name} was trained with other features than this Sluice makes ({Start(fingerprint)} and {Start(Fingerprint)}), so its scores would mean nothing. " +
                $"Train it again with `{Command}`. Its features: {features}. Here: {Features}.");
        }
    }

    private static string Start(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}
