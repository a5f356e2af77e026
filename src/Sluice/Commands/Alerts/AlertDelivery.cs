using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Hosting;
using Sluice.Insights.Alerting;

namespace Sluice.Commands.Alerts;

/// <summary>Delivers from a command, which does not stay.</summary>
internal static class AlertDelivery
{
    /// <summary>Tries what is due once; without a configuration it leaves that to the gateway.</summary>
    /// <returns>False where something was tried and not taken.</returns>
    public static async Task<bool> NowAsync(AlertStore store, string? configurationFile, TimeProvider time, CancellationToken cancellationToken)
    {
        if (configurationFile is null)
            return true;
        var options = OptionsReader.ReadFile(configurationFile).Alerts;
        var (delivered, waiting) = await AlertOutbox.DeliverOnceAsync(store, options, AwsRequestSigner.OverDefaultChain(time).SignAlertAsync, time, NullLogger<AlertOutbox>.Instance, cancellationToken);
        await Console.Error.WriteLineAsync($"Alerts delivered: {delivered}; waiting: {waiting}{(waiting > 0 ? "; a running gateway tries again, 'sluice alerts list' says why" : "")}.");
        return waiting == 0;
    }
}
