using System.CommandLine;
using Sluice.Api;
using Sluice.Configuration;
using Sluice.Hosting;
using Sluice.Hosting.Reloading;

namespace Sluice.Commands.Serve;

/// <summary><c>sluice serve</c>: the gateway.</summary>
public static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config") { Description = "The configuration file; docs/configuration.md explains it." };
        var urls = new Option<string?>("--urls") { Description = "Where to listen, separated by semicolons. Default: http://127.0.0.1:8080" };
        var upstream = new Option<string?>("--upstream") { Description = "Where calls go: simulator (default), aws, or a URL." };
        var data = new Option<string?>("--data") { Description = "The directory of the ledger and the keys. Default: SLUICE_DATA, else the configuration's data, else sluice-data." };
        var level = new Option<string?>("--log-level") { Description = "The least that is logged: debug, info (default), warning or error." };
        level.AcceptOnlyFromAmong([.. LogSettings.Levels.Keys]);
        var format = new Option<string?>("--log-format") { Description = "text (default), or json: one object a line." };
        format.AcceptOnlyFromAmong([.. LogSettings.Formats.Keys]);
        urls.Validators.Add(ListenAddress.Validate);
        var command = new Command("serve", """
            Run the gateway. Point an AWS SDK's endpoint URL at it and nothing else changes.

            Examples:
              sluice serve                                  the embedded simulator, on loopback
              sluice serve --upstream aws                   Amazon Bedrock, with this machine's AWS credentials
              sluice serve --config sluice.yaml --urls "http://0.0.0.0:8080"
              AWS_ENDPOINT_URL_BEDROCK_RUNTIME=http://127.0.0.1:8080 python my_app.py
            """)
        { config, urls, upstream, data, level, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // A signal that comes before the action has handed back its task would end the process on the spot.
            await Task.Yield();
            var file = parsed.GetValue(config);
            SluiceOptions Override(SluiceOptions options)
            {
                if (parsed.GetValue(urls) is { } listen)
                    options = options with { Urls = ListenAddress.Split([listen]) };
                if ((parsed.GetValue(data) ?? DataOption.FromEnvironment()) is { } directory)
                    options = options with { DataDirectory = directory };
                if (parsed.GetValue(level) is { } least)
                    options = options with { Log = options.Log with { Level = LogSettings.Levels[least] } };
                if (parsed.GetValue(format) is { } lines)
                    options = options with { Log = options.Log with { Format = LogSettings.Formats[lines] } };
                if (parsed.GetValue(upstream) is { } name)
                {
                    options = options with
                    {
                        Routes = [],
                        Upstreams = [OptionsReader.UpstreamNamed(name) ?? throw new ConfigurationException(
                            [new("command line", 1, 1, $"--upstream {UpstreamAddress.Objection(name, OptionsReader.NamedUpstreams)}.")])],
                    };
                }
                return options;
            }

            var written = file is null ? new SluiceOptions() : OptionsReader.ReadFile(file);
            var watched = file is null ? null : new WatchedFile(file, written, () => OptionsReader.ReadFile(file), Override);
            await using var host = await GatewayHost.StartAsync(Override(written), new HostSettings { Api = ServerApi.Hosted, Watched = watched }, cancellationToken);
            // In JSON the log has these lines as its first, so that all of standard output is JSON.
            if (host.LogFormat == LogFormat.Text)
            {
                foreach (var address in host.Addresses)
                    Console.WriteLine($"Sluice listens on {address} and serves {host.UpstreamDescription}.");
                Console.WriteLine($"Its books are in {Path.GetFullPath(host.DataDirectory)}. Stop it with Ctrl+C.");
            }
            await host.WaitForShutdownAsync(cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
