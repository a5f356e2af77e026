using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Hosts;

/// <summary>A PostgreSQL server of the test's own, on loopback, whose data is gone when the test is over.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _binaries;
    private readonly string _folder;
    private readonly int _port;

    private PostgresServer(string binaries, string folder, int port) => (_binaries, _folder, _port) = (binaries, folder, port);

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Database=postgres;Username=sluice";

    /// <summary>Makes a cluster and starts it; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<PostgresServer> StartAsync()
    {
        var binaries = Find();
        Assert.SkipWhen(binaries is null, "PostgreSQL is not installed: neither is initdb on PATH nor under /usr/lib/postgresql (Debian's package 'postgresql').");
        var folder = Directory.CreateTempSubdirectory("sluice-postgres-").FullName;
        // initdb refuses to run as root, and the system's user must own the folder.
        if (User is { } user)
            await RunAsync("chown", user, folder);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var server = new PostgresServer(binaries!, folder, port);
        await server.ToolAsync("initdb", "-D", server.Cluster, "-A", "trust", "-U", "sluice", "-E", "UTF8", "--locale=C", "--no-sync");
        await server.StartAgainAsync();
        return server;
    }

    public Task StartAgainAsync() => ToolAsync(
        "pg_ctl", "start", "-w", "-t", "120", "-D", Cluster, "-l", Path.Combine(_folder, "log"),
        "-o", $"-p {_port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60");

    /// <summary>Ends it at once, as a crash would.</summary>
    public Task StopAsync() => ToolAsync("pg_ctl", "stop", "-w", "-t", "120", "-m", "immediate", "-D", Cluster);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // It is stopped already.
        }
        Directory.Delete(_folder, recursive: true);
    }

    private string Cluster => Path.Combine(_folder, "cluster");

    /// <summary>Whom the server runs as; null for this process's own user.</summary>
    private static string? User => Environment.UserName != "root" ? null : File.ReadAllText("/etc/passwd").Contains("\npostgres:", StringComparison.Ordinal) ? "postgres" : "nobody";

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).AsEnumerable();
        if (Directory.Exists("/usr/lib/postgresql"))
            folders = folders.Concat(Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")));
        return folders.FirstOrDefault(f => File.Exists(Path.Combine(f, "initdb")) && File.Exists(Path.Combine(f, "pg_ctl")));
    }

    private Task ToolAsync(string tool, params string[] arguments)
    {
        var path = Path.Combine(_binaries, tool);
        return User is { } user ? RunAsync("setpriv", [$"--reuid={user}", "--clear-groups", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string file, params string[] arguments)
    {
        // No pipes: the server that pg_ctl leaves behind would hold them open.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", file, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
