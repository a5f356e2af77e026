using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Core.Alerts;
using Sluice.Hosting;
using Sluice.Insights.Alerting;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Alerts;

/// <summary><c>sluice alerts list|test|resend</c>: what the owner was told, and whether it arrived.</summary>
public static class AlertsCommand
{
    public static Command Create(TimeProvider time) => new("alerts", "List alerts and their deliveries, test channels, send again.")
    {
        ReportCommand.Of(ReportCatalog.Alerts, "list", time),
        Test(time),
        Resend(time),
    };

    private static Command Test(TimeProvider time)
    {
        var config = Config();
        var channel = new Option<string?>("--channel") { Description = "Only the channel of this name." };
        var format = CommonOptions.Format();
        var command = new Command("test", """
            Send a test alert through each configured channel, at once and once. Exits with 1 where one was not taken.

            Examples:
              sluice alerts test --config sluice.yaml
              sluice alerts test --config sluice.yaml --channel ops
            """)
        { config, channel, format };
        config.Required = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetValue(config)!;
            var channels = OptionsReader.ReadFile(file).Alerts.Channels.Where(c => parsed.GetValue(channel) is not { } name || c.Name == name).ToList();
            if (channels.Count == 0)
            {
                await Console.Error.WriteLineAsync(parsed.GetValue(channel) is { } name ? $"'{file}' has no channel '{name}' under alerts.channels." : $"'{file}' has no channel under alerts.channels; docs/alerts.md shows how to write one.");
                return ExitCode.WrongUsage;
            }
            var alert = new Alert
            {
                Kind = AlertKind.Test,
                Subject = Environment.MachineName,
                Occasion = Guid.NewGuid().ToString("N"),
                Title = "This is a test of Sluice's alerts.",
                Advice = "There is nothing to do: whoever reads this gets what this channel takes.",
                At = time.GetUtcNow(),
            };
            var signer = AwsRequestSigner.OverDefaultChain(time);
            var table = new Listing("channel", "type", "taken", "error");
            var exit = ExitCode.Ok;
            foreach (var tried in channels)
            {
                string? error = null;
                try
                {
                    await AlertOutbox.SendAsync(tried, alert, signer.SignAlertAsync, time, cancellationToken);
                }
                catch (DeliveryException e)
                {
                    (error, exit) = (e.Message, ExitCode.No);
                }
                table.Add(tried.Name, tried.Type.ToString().ToLowerInvariant(), error is null, error);
            }
            table.Write(Console.Out, parsed.GetValue(format));
            return exit;
        });
        return command;
    }

    private static Command Resend(TimeProvider time)
    {
        var id = new Argument<string?>("id") { Description = "The alert's id, or how it begins, as 'sluice alerts list' shows it.", Arity = ArgumentArity.ZeroOrOne };
        var givenUp = new Option<bool>("--given-up") { Description = "All that were given up." };
        var config = Config();
        var data = CommonOptions.Data();
        var command = new Command("resend", """
            Send an alert again through every channel that it went to, or all that were given up. A running gateway delivers them
            within ten seconds; with --config this command does so by itself.

            Examples:
              sluice alerts resend 3f9a12
              sluice alerts resend --given-up --config sluice.yaml
            """)
        { id, givenUp, config, data };
        command.Validators.Add(result =>
        {
            if (string.IsNullOrEmpty(result.GetValue(id)) != result.GetValue(givenUp))
                result.AddError("Give the id of an alert, or --given-up for all that were given up.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var begins = parsed.GetValue(id);
            var directory = parsed.GetValue(data)!;
            using var store = OpenExisting(directory);
            var due = store.Resend(parsed.GetValue(givenUp) ? null : begins);
            if (due == 0)
            {
                await Console.Error.WriteLineAsync(begins is null ? "No alert was given up." : $"No alert with an id that begins with '{begins}' has gone to a channel; 'sluice alerts list --data {directory}' shows them.");
                return ExitCode.No;
            }
            Console.WriteLine($"{due} deliveries are due.");
            return await AlertDelivery.NowAsync(store, parsed.GetValue(config), time, cancellationToken) ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    /// <summary>The configuration whose channels deliver.</summary>
    public static Option<string?> Config() => new("--config") { Description = "The configuration file, for its channels." };

    private static AlertStore OpenExisting(string directory) => AlertStore.Exists(directory)
        ? AlertStores.Open(directory, NullLogger.Instance)
        : throw new CouldNotRunException($"There are no alerts in '{directory}'; name the gateway's data directory with --data.");
}
