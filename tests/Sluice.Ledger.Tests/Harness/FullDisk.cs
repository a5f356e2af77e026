using Microsoft.Win32.SafeHandles;

namespace Sluice.Ledger.Tests.Harness;

/// <summary>A disk with room for so many bytes more, which writes what it has room for and then refuses.</summary>
internal sealed class FullDisk
{
    public long Room { get; set; } = long.MaxValue;

    public void Write(SafeFileHandle file, ReadOnlyMemory<byte> bytes, long offset)
    {
        var fits = (int)Math.Min(Room, bytes.Length);
        RandomAccess.Write(file, bytes.Span[..fits], offset);
        Room -= fits;
        if (fits < bytes.Length)
            throw new IOException("No space left on device");
    }
}
