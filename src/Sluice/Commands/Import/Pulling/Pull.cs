using Sluice.Hosting;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;

namespace Sluice.Commands.Import.Pulling;

/// <summary>Fetches what a provider charged for some days and imports it: all pages first, then all or nothing.</summary>
internal sealed class Pull(PullClient client, BillImporter importer, string directory, TimeProvider time)
{
    /// <param name="name">Whose: one of <see cref="PullSources.Names"/>.</param>
    /// <param name="from">First day (UTC).</param>
    /// <param name="to">First day no longer asked for.</param>
    /// <param name="say">Told how far it is.</param>
    /// <exception cref="CouldNotRunException">A page can't be had; those that came are kept.</exception>
    /// <exception cref="ImportException">They can't be imported.</exception>
    public async Task<IReadOnlyList<ImportResult>> RunAsync(string name, DateOnly from, DateOnly to, Action<string> say, CancellationToken cancellationToken)
    {
        var spools = new List<(PullSpool Spool, PullQuery Query)>();
        foreach (var query in PullSources.Queries(name, from, to))
        {
            var spool = PullSpool.Open(directory, $"{name}-{query.Name}-{from:yyyyMMdd}-{to:yyyyMMdd}", query, time);
            if (spool.Pages > 0)
                say($"{name}, {query.Name}: going on after {spool.Pages} pages of a pull that was interrupted.");
            while (!spool.IsComplete)
            {
                using var page = await client.AskAsync(query.Request(spool.Next), cancellationToken);
                spool.Add(page.RootElement);
                say($"{name}, {query.Name}: {spool.Pages} pages");
            }
            spools.Add((spool, query));
        }
        var span = (new DateTimeOffset(from, TimeOnly.MinValue, TimeSpan.Zero), new DateTimeOffset(to, TimeOnly.MinValue, TimeSpan.Zero));
        // An answer is the whole of its days, and questions of one source are one answer.
        var results = spools.GroupBy(s => s.Query.Source)
            .Select(g => importer.Import([.. g.Select(s => s.Spool.File)], new ImportOptions { Source = g.Key, ReplacePeriod = true, Span = span }, null, cancellationToken) with { File = $"{name} {from:yyyy-MM-dd} to {to:yyyy-MM-dd}" })
            .ToList();
        foreach (var (spool, _) in spools)
            System.IO.File.Delete(spool.File);
        return results;
    }
}
