using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Gateway.Keys;

/// <summary>Replaces a file so that a power cut leaves the one before or the new one, never an empty one.</summary>
internal static class DurableFile
{
    /// <exception cref="IOException">It can't be replaced.</exception>
    public static void Replace(string file, ReadOnlySpan<byte> bytes)
    {
        var temporary = file + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>The new name is an entry of the directory, which has to reach the disk too. .NET opens no directories.</summary>
    private static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = new SafeFileHandle(Open(directory, 0), ownsHandle: true);
        if (!handle.IsInvalid)
            _ = Sync(handle);
    }

    [DllImport("libc", EntryPoint = "open", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = false)]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Sync(SafeFileHandle file);
}
