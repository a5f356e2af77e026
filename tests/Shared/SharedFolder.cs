namespace Sluice.Testing;

/// <summary>Reference material that lies beside the checkout, in <c>../shared</c>. Tests that need it skip where it is absent.</summary>
internal static class SharedFolder
{
    /// <summary>Full path of a file or folder under <c>../shared</c>; skips the running test when it is not there.</summary>
    public static string Path(string relative)
    {
        var path = System.IO.Path.Combine(RepositoryRoot, "..", "shared", relative);
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"../shared/{relative} is not beside this checkout");
        return System.IO.Path.GetFullPath(path);
    }

    /// <summary>The folder that holds Sluice.slnx.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Sluice.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds Sluice.slnx.");
    }
}
