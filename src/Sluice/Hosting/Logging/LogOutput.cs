using Microsoft.Extensions.Logging.Console;
using Sluice.Configuration;

namespace Sluice.Hosting.Logging;

/// <summary>The log of a gateway: its one sink, in the format of its start and at the level in force.</summary>
internal sealed class LogOutput(LogSettings settings)
{
    private volatile LogSettings _settings = settings;

    public LogSettings Settings => _settings;

    /// <summary>Takes over another level, and whether all requests are logged; the format stays.</summary>
    public void Use(LogSettings settings) => _settings = settings;

    public ILoggerFactory Create() => LoggerFactory.Create(logging => logging
        .SetMinimumLevel(LogLevel.Trace)
        .AddFilter((category, level) => level >= LeastOf(category ?? ""))
        .AddConsoleFormatter<TextLines, ConsoleFormatterOptions>()
        .AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>()
        .AddConsole(console => console.FormatterName = _settings.Format == LogFormat.Json ? JsonLines.FormatName : TextLines.FormatName));

    private LogLevel LeastOf(string category)
    {
        var own = _settings.Level;
        // A start that fails says why in one message of ours. Kestrel also warns that a port without TLS has no HTTP/2, which is
        // not so: see PriorKnowledge.
        return !category.StartsWith("Microsoft", StringComparison.Ordinal) || own < LogLevel.Information ? own
            : category is "Microsoft.Extensions.Hosting.Internal.Host" or "Microsoft.AspNetCore.Hosting.Diagnostics" or "Microsoft.AspNetCore.Server.Kestrel" ? LogLevel.None
            : category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) ? LogLevel.Error
            : own < LogLevel.Warning ? LogLevel.Warning : own;
    }
}
