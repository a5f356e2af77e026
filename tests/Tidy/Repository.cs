using Sluice.Testing;

namespace Tidy;

/// <summary>The checkout as the rules see it: every file but those that .gitignore leaves out.</summary>
internal static class Repository
{
    public static string Root { get; } = SharedFolder.RepositoryRoot;

    /// <summary>Paths from the root, with forward slashes, in ordinal order.</summary>
    public static IReadOnlyList<string> Files { get; } = List();

    public static IEnumerable<string> CSharp(params string[] folders) =>
        Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && folders.Any(folder => f.StartsWith(folder + "/", StringComparison.Ordinal)));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Has(string path) => File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    private static List<string> List()
    {
        var ignored = File.ReadAllLines(Path.Combine(Root, ".gitignore"))
            .Where(line => line.EndsWith('/'))
            .Select(line => line.Trim('/'))
            .Append(".git")
            .ToHashSet(StringComparer.Ordinal);
        var files = new List<string>();
        Walk(new DirectoryInfo(Root));
        files.Sort(StringComparer.Ordinal);
        return files;

        void Walk(DirectoryInfo folder)
        {
            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (ignored.Contains(entry.Name))
                    continue;
                if (entry is DirectoryInfo inner)
                    Walk(inner);
                else
                    files.Add(Path.GetRelativePath(Root, entry.FullName).Replace('\\', '/'));
            }
        }
    }
}
