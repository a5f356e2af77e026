using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Sluice.Hosting.Logging;

namespace Sluice.Tests.Hosting.Logging;

public sealed class LineTests
{
    private const string Hostile = "model \u001b]0;PWNED\u0007\r\nfail: forged\u0085\u2028\u202E";

    [Fact]
    public void AnEntryIsOneLineWithNothingThatActsOnATerminal()
    {
        var line = Written(new TextLines(), Hostile, new InvalidOperationException("broken\u001b[2J\nhere"));
        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.DoesNotContain(line.TrimEnd('\n', '\r'), char.IsControl);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ warn: Sluice\.Some\[7\] model ", line);
        Assert.Contains("broken", line);
    }

    [Fact]
    public void JsonIsOneObjectALineWithStableNames()
    {
        var line = Written(new JsonLines(), Hostile, new InvalidOperationException("broken"));
        Assert.Equal(1, line.Count(c => c == '\n'));
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.Equal(["time", "level", "category", "event", "message", "exception", "model", "duration_ms", "is_streamed", "key_id"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("warning", "Sluice.Some", 7, 12), (root.GetProperty("level").GetString(), root.GetProperty("category").GetString(), root.GetProperty("event").GetInt32(), root.GetProperty("duration_ms").GetInt32()));
        Assert.DoesNotContain(root.GetProperty("message").GetString()!, char.IsControl);
        Assert.DoesNotContain(root.GetProperty("model").GetString()!, char.IsControl);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("key_id").ValueKind);
    }

    private static string Written(ConsoleFormatter formatter, string text, Exception exception)
    {
        List<KeyValuePair<string, object?>> state = [new("Model", text), new("DurationMs", 12L), new("IsStreamed", true), new("KeyId", null), new("Message", "taken"), new("{OriginalFormat}", "{Model}")];
        var writer = new StringWriter { NewLine = "\n" };
        formatter.Write(new LogEntry<List<KeyValuePair<string, object?>>>(LogLevel.Warning, "Sluice.Some", new EventId(7), state, exception, (_, _) => text), null, writer);
        return writer.ToString();
    }
}
