using Sluice.Gateway;
using Sluice.Gateway.Stages.Keeping;

namespace Sluice.Hosting;

/// <summary>The recordings of bodies by their directory, kept open through reloads of the settings.</summary>
internal sealed class InvocationLogs(GatewayMetrics metrics, TimeProvider time, ILogger<InvocationLog> logger) : IAsyncDisposable
{
    private readonly Dictionary<string, InvocationLog> _logs = new(StringComparer.Ordinal);

    /// <exception cref="CouldNotRunException">The directory can't be made.</exception>
    public InvocationLog Get(string directory)
    {
        if (_logs.TryGetValue(directory, out var log))
            return log;
        try
        {
            return _logs[directory] = new InvocationLog(directory, metrics, time, logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CouldNotRunException($"Bodies can't be kept in '{directory}': {e.Message} Name a directory that can be written to under recording.bodies, or leave it out.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var log in _logs.Values)
            await log.DisposeAsync();
    }
}
