using System.Text.Json;

namespace Sluice.Commands.Import.Pulling;

/// <summary>
/// The pages of one question, a line each, in a file of the data directory until they are imported: what was interrupted goes on after the
/// last whole page. Pages of long ago are fetched anew, since bills change and page names end.
/// </summary>
internal sealed class PullSpool
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(12);

    private readonly PullQuery _query;

    private PullSpool(string file, PullQuery query) => (File, _query) = (file, query);

    public string File { get; }

    public int Pages { get; private set; }

    /// <summary>The name of the page to fetch next.</summary>
    public string? Next { get; private set; }

    public bool IsComplete { get; private set; }

    public static PullSpool Open(string directory, string name, PullQuery query, TimeProvider time)
    {
        Directory.CreateDirectory(directory);
        var spool = new PullSpool(Path.Combine(directory, $"{name}.jsonl"), query);
        if (System.IO.File.Exists(spool.File) && time.GetUtcNow() - new DateTimeOffset(System.IO.File.GetLastWriteTimeUtc(spool.File)) < MaxAge)
            spool.Recall();
        else
            System.IO.File.Delete(spool.File);
        return spool;
    }

    public void Add(JsonElement page)
    {
        using (var file = new FileStream(File, FileMode.Append, FileAccess.Write, FileShare.Read))
        {
            using (var json = new Utf8JsonWriter(file))
                page.WriteTo(json);
            file.WriteByte((byte)'\n');
        }
        Take(page);
    }

    private void Recall()
    {
        long whole = 0;
        var text = System.IO.File.ReadAllBytes(File);
        foreach (var range in text.AsSpan().Split((byte)'\n'))
        {
            // What has no line end behind it was being written when the pull ended.
            if (range.End.GetOffset(text.Length) == text.Length)
                break;
            using var page = JsonDocument.Parse(text.AsMemory()[range]);
            Take(page.RootElement);
            whole = range.End.GetOffset(text.Length) + 1;
        }
        using var file = new FileStream(File, FileMode.Open, FileAccess.Write);
        file.SetLength(whole);
    }

    private void Take(JsonElement page)
    {
        Pages++;
        Next = _query.Next(page);
        IsComplete = Next is null;
    }
}
