using System.Text.Json;
using Sluice.Insights.Buckets;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Cur;

/// <summary>
/// The manifest that AWS delivers beside a report, which lists the files of the whole: <c>reportKeys</c> of a legacy report, <c>dataFiles</c>
/// of a data export. What it lists is one delivery of one month, and replaces the former.
/// </summary>
internal static class CurManifest
{
    public static bool IsManifest(string path) => path.EndsWith("anifest.json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The files that it lists, in S3 where the manifest is, or near it on the disk by the keys that they had there.</summary>
    /// <exception cref="ImportException">It can't be read, or a file is missing.</exception>
    public static IReadOnlyList<string> Read(string path, BillPlaces places)
    {
        using var stream = places.Open(path).Content;
        try
        {
            using var json = JsonDocument.Parse(stream);
            var root = json.RootElement;
            var bucket = root.Text("bucket");
            var keys = root.Items("reportKeys").Concat(root.Items("dataFiles")).Select(k => k.Text()).ToList();
            if (keys.Count == 0)
                throw new ImportException($"'{path}' lists no files: it has neither reportKeys nor dataFiles.");
            return [.. keys.Select(key => Find(path, key, bucket))];
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidOperationException)
        {
            throw new ImportException($"'{path}' is no manifest of a report: {e.Message}", e);
        }
    }

    private static string Find(string manifest, string key, string bucket)
    {
        if (S3Bucket.IsAddress(manifest))
            return S3Bucket.IsAddress(key) ? key : $"s3://{(bucket.Length > 0 ? bucket : S3Bucket.Parts(manifest).Bucket)}/{key}";
        var relative = S3Bucket.IsAddress(key) ? S3Bucket.Parts(key).Key : key;
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(manifest)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            foreach (var file in (string[])[Path.Combine(folder, relative), Path.Combine(folder, Path.GetFileName(relative))])
            {
                if (BillPlaces.Exists(file))
                    return file;
            }
        }
        throw new ImportException($"'{manifest}' lists '{key}', which isn't beside it; copy the whole delivery.");
    }
}
