using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.Compare.Reporting;
using Sluice.Compare.Servers;

namespace Sluice.Compare;

/// <summary>One whole run: starts the servers, measures, reads the ledger back, and writes the page of results.</summary>
internal sealed class Session(string output)
{
    private static readonly string[] Scopes = ["all", "app:bench", "key:each", "model:*claude*"];
    private static readonly string[] Windows = ["hour", "day", "week", "month", "year"];
    private static readonly string[] Pers = ["all", "key", "app", "model", "key_and_model"];

    private readonly StringBuilder _page = new();

    public required int Rounds { get; init; }

    public required TimeSpan RoundTime { get; init; }

    /// <summary>0 where the three targets are compared.</summary>
    public required int EnduranceRequests { get; init; }

    public required IReadOnlyList<Workload> Workloads { get; init; }

    public required bool ComparesLevers { get; init; }

    public required bool ComparesGuards { get; init; }

    public required bool WithSluice { get; init; }

    /// <returns>The exit code: 1 where the ledger is not what was sent.</returns>
    public async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sluice-compare-");
        try
        {
            // nginx drops its rights for its workers, which have to read and write here all the same.
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
            Say($"# {Title}, {Today}\n");
            Say(string.Join('\n', Machine.Describe().Select(line => $"- {line}")));
            var kept = await MeasureAsync(folder.FullName);
            Directory.CreateDirectory(output);
            var file = Path.Combine(output, $"{Today}-{Kind}.md");
            await File.WriteAllTextAsync(file, _page.ToString());
            Console.Error.WriteLine($"Written to {file}");
            return kept ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string Title => EnduranceRequests > 0 ? "Endurance" : ComparesLevers ? "Levers" : ComparesGuards ? "Guards" : "Comparison";

    private string Kind => Title.ToLowerInvariant();

    private static string Today => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <returns>Whether every request that went through Sluice is in its ledger, once, complete and priced.</returns>
    private async Task<bool> MeasureAsync(string folder)
    {
        await using var upstream = await Nginx.StartUpstreamAsync(folder, FreePort());
        await using var proxy = await Nginx.StartProxyAsync(folder, FreePort(), upstream.Port);
        List<Target> targets = [new("direct", upstream, null), new("nginx", proxy, null)];
        if (!WithSluice)
        {
            Compare(targets, [1, 16, 64]);
            return true;
        }

        var sluice = new SluiceServer(folder);
        var token = await sluice.CreateKeyAsync();
        long sent;
        await using (var server = await sluice.StartAsync(FreePort(), upstream.Port))
        {
            targets.Add(new("Sluice", server, token));
            sent = EnduranceRequests > 0 ? Endure(targets[^1]) : ComparesLevers ? await CompareLeversAsync(folder, targets, upstream.Port)
                : ComparesGuards ? await CompareGuardsAsync(folder, targets, upstream.Port) : Compare(targets, [1, 16, 64])[targets[^1].Name];
        }
        var ledger = await sluice.CountLedgerAsync();
        Say($"\n## Ledger\n\n{sent:N0} requests were sent through Sluice. Its ledger holds {ledger.Records:N0} records, {ledger.Distinct:N0} of them distinct, {ledger.Complete:N0} completed, priced and with the caller's key.");
        return ledger.Matches(sent);
    }

    /// <summary>Every lever at work on every call: what is stored is too old at once, so that each call is looked up, hashed, read and sent.</summary>
    private async Task<long> CompareLeversAsync(string folder, List<Target> targets, int upstreamPort)
    {
        var sluice = new SluiceServer(folder, "levers: { mode: on, control_share: 0, recall: { lifetime: 1ms }, place: { any_region: true } }");
        var token = await sluice.CreateKeyAsync();
        await using var server = await sluice.StartAsync(FreePort(), upstreamPort);
        targets.Add(new("Sluice, all levers on", server, token));
        return Compare(targets, [1])["Sluice"];
    }

    /// <summary>Budgets and limits that every call meets and none reaches; some tell keys apart, and half of the budgets are hard.</summary>
    private async Task<long> CompareGuardsAsync(string folder, List<Target> targets, int upstreamPort)
    {
        var budgets = Enumerable.Range(0, 20).Select(i =>
            $"{{ name: b{i}, scope: \"{Scopes[i % Scopes.Length]}\", limit: 1000000, window: {Windows[i % Windows.Length]}, at: [{{ percent: 80, do: alert }}, {{ percent: 100, do: {(i % 2 == 0 ? "stop" : "alert")} }}] }}");
        var limits = Enumerable.Range(0, 10).Select(i => $"{{ name: l{i}, per: {Pers[i % Pers.Length]}, requests_per_minute: 100000000, tokens_per_minute: 1000000000, concurrency: 100000 }}");
        var sluice = new SluiceServer(folder, $"budgets: [{string.Join(", ", budgets)}]\nlimits: {{ rules: [{string.Join(", ", limits)}] }}");
        var token = await sluice.CreateKeyAsync();
        await using var server = await sluice.StartAsync(FreePort(), upstreamPort);
        targets.Add(new("Sluice, 20 budgets and 10 limits", server, token));
        return Compare(targets, [1, 16])["Sluice"];
    }

    /// <returns>The requests that each target was sent.</returns>
    private Dictionary<string, long> Compare(List<Target> targets, IReadOnlyList<int> connectionCounts)
    {
        var atStart = targets.Select(t => t.Server.RssMb).ToList();
        var comparison = new Comparison(targets, Workloads, connectionCounts, Rounds, RoundTime);
        comparison.WarmUp(requests: ComparesLevers || ComparesGuards ? 40_000 : 120_000);
        var cells = new List<Cell>();
        foreach (var cell in comparison.Run())
        {
            cells.Add(cell);
            Console.Error.WriteLine($"{cell.Workload.Name}, {cell.Connections} connections, {cell.Target}: {cell.RequestsPerSecond:N0}/s, p50 {cell.Median(m => m.LatencyUs(0.5)):N0} µs");
        }
        Say($"""

            Request and reply are each of the size that is given. Each figure is the median of the rounds ({Rounds} of {RoundTime.TotalSeconds} s), in which the
            targets took turns. Load generator, upstream and proxy share the cores. Every reply was compared with the
            upstream's, byte for byte. "Added" is the difference to direct; CPU is that of the proxy alone, or for direct that
            of the upstream.
            """);
        Say(Markdown.Comparison(cells));
        Say("\n## Memory\n\n| Target | Resident MB at start | at the end | Requests |\n|---|---:|---:|---:|");
        foreach (var (target, start) in targets.Zip(atStart))
            Say($"| {target.Name} | {start:0.0} | {target.Server.RssMb:0.0} | {comparison.Sent[target.Name]:N0} |");
        return comparison.Sent;
    }

    private long Endure(Target target)
    {
        Say($"\n{EnduranceRequests:N0} calls of 1 KB on {Endurance.Connections} connections, plain and streamed in turn. Every reply was compared with the upstream's, byte for byte.\n");
        var samples = new Endurance(target, EnduranceRequests).Run().ToList();
        Say(Markdown.Memory(samples));
        return samples[^1].Requests;
    }

    private void Say(string text)
    {
        Console.WriteLine(text);
        _page.Append(text).Append('\n');
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
