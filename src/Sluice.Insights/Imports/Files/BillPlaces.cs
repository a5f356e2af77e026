using Sluice.Insights.Buckets;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Files;

/// <summary>Where bills lie, on a disk or in S3, by their paths and addresses.</summary>
/// <param name="s3">Made when the first address is met.</param>
internal sealed class BillPlaces(Func<S3Bucket> s3) : IDisposable
{
    private static readonly string[] Endings = [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".gz", ".gzip", ".zip", ".tar", ".tgz", ".parquet"];

    private readonly Lazy<S3Bucket> _s3 = new(s3);

    public BillPlaces() : this(() => S3Bucket.OfDefaultChain("The import"))
    {
    }

    /// <summary>Whether a name is that of a file that can hold a bill. AWS's manifests list bills and hold none.</summary>
    public static bool CanBeBill(string name) =>
        Array.Exists(Endings, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) && !name.EndsWith("anifest.json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The files that paths mean: <c>*</c> and <c>?</c> in a file's name stand for any, a directory or an address that ends in a slash for all that is below it.</summary>
    /// <exception cref="ImportException">A path means no file.</exception>
    public IReadOnlyList<string> Expand(IEnumerable<string> paths) => [.. paths.SelectMany(Expand)];

    /// <exception cref="ImportException">It is no file, or none that can be read.</exception>
    public (Stream Content, long Length) Open(string path)
    {
        if (S3Bucket.IsAddress(path))
            return Reading(() => _s3.Value.Open(path));
        if (path.Contains("://", StringComparison.Ordinal))
            throw new ImportException($"'{path}' is an address of a kind that isn't read; s3:// is, or copy the file here first and name the copy.");
        if (Directory.Exists(path))
            throw new ImportException($"'{path}' is a directory; name its files, such as {Path.Combine(path, "*.csv.gz")}.");
        try
        {
            // To open a pipe would wait for whoever writes to it; its length is 0. That of a link is the link's own.
            var target = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true) as FileInfo : new FileInfo(path);
            if (File.Exists(path) && target is not { Exists: true, Length: > 0 })
                throw new ImportException($"'{path}' is empty, or no regular file.");
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return (file, file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportException($"'{path}' can't be read: {e.Message}", e);
        }
    }

    public static bool Exists(string path) => S3Bucket.IsAddress(path) || File.Exists(path);

    public void Dispose()
    {
        if (_s3.IsValueCreated)
            _s3.Value.Dispose();
    }

    private IReadOnlyList<string> Expand(string path)
    {
        if (S3Bucket.IsAddress(path))
        {
            if (!path.EndsWith('/') && Reading(() => S3Bucket.Parts(path)).Key.Length > 0)
                return [path];
            var below = Reading(() => _s3.Value.List(path)).Where(CanBeBill).ToList();
            return below.Count > 0 ? below : throw new ImportException($"There is no bill below {path}; it must be a CSV, JSON or Parquet file, plain, gzip or zip.");
        }
        if (Directory.Exists(path))
            return Below(path);
        var name = Path.GetFileName(path);
        if (File.Exists(path) || name.AsSpan().IndexOfAny('*', '?') < 0)
            return [path];
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, name) : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files.Length > 0 ? files : throw new ImportException($"No file is called '{path}'.");
    }

    /// <summary>The bills in a directory and those below it, but for hidden ones.</summary>
    private static List<string> Below(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var bills = Directory.EnumerateFiles(folder, "*", options).Where(CanBeBill).Order(StringComparer.Ordinal).ToList();
        return bills.Count > 0 ? bills : throw new ImportException($"There is no bill in the directory '{folder}'; it must be a CSV, JSON or Parquet file, plain, gzip, zip or tar.");
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new ImportException(e.Message, e);
        }
    }
}
