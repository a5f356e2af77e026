using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Sluice.Core;

namespace Sluice.Hosting.Logging;

/// <summary>A log for people: one line an entry, and nothing in it that acts on a terminal.</summary>
internal sealed class TextLines() : ConsoleFormatter(FormatName)
{
    public const string FormatName = "sluice-text";

    /// <summary>Long enough for every mistake of a configuration, and for a stack trace.</summary>
    public const int MaxLength = 16_384;

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        var message = entry.Formatter(entry.State, entry.Exception);
        if (entry.Exception is not null)
            message = $"{message} {entry.Exception}";
        writer.Write(TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.Write($" {NameOf(entry.LogLevel)}: {entry.Category}[{entry.EventId.Id.ToString(CultureInfo.InvariantCulture)}] ");
        writer.WriteLine(PlainText.Of(message, MaxLength));
    }

    public static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
