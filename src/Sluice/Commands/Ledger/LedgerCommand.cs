using System.Buffers;
using System.CommandLine;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Ledger.Upkeep;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Ledger;

/// <summary><c>sluice ledger export|verify|compact</c>: the books themselves.</summary>
public static class LedgerCommand
{
    public static Command Create() => new("ledger", "Export, verify and compact the books.")
    {
        Export(),
        Verify(),
        Compact(),
    };

    private static Command Export()
    {
        var from = CommonOptions.Moment("--from", "Only calls that started at this moment or later.");
        var to = CommonOptions.Moment("--to", "Only calls that started before this moment.");
        var data = CommonOptions.Data();
        var wide = CommonOptions.Wide();
        var format = OutputFormats.Option();
        format.Description = "json (the default): one line a call with every field; csv and table: the main fields";
        format.DefaultValueFactory = _ => OutputFormat.Json;
        var command = new Command("export", """
            Write every call with all its attempts, oldest first.

            Examples:
              sluice ledger export > calls.jsonl
              sluice ledger export --from 2026-11-01 --to 2026-12-01 --format csv
              sluice ledger export | jq 'select(.cost_usd == null)'
            """)
        { from, to, data, format, wide };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var ledger = await DataDirectory.LedgerAsync(parsed.GetValue(data)!, cancellationToken);
            var records = ledger.Export(parsed.GetValue(from), parsed.GetValue(to));
            if (parsed.GetValue(format) is var chosen and not OutputFormat.Json)
            {
                MainFields(records).Write(Console.Out, chosen, wide: parsed.GetValue(wide));
                return ExitCode.Ok;
            }
            await using var output = Console.OpenStandardOutput();
            var buffer = new ArrayBufferWriter<byte>(128 * 1024);
            foreach (var record in records)
            {
                InvocationJson.Write(buffer, record);
                buffer.Write("\n"u8);
                if (buffer.WrittenCount > 64 * 1024)
                {
                    await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
                    buffer.ResetWrittenCount();
                }
            }
            await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Verify()
    {
        var data = CommonOptions.Data();
        var command = new Command("verify", """
            Compare the journal, the database and the hourly sums. Exits with 1 if they differ.
            Calls whose reported usage contradicts itself are listed too, and are no difference.

            Example:
              sluice ledger verify --data /var/lib/sluice
            """)
        { data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(data)!;
            using var ledger = await DataDirectory.LedgerAsync(directory, cancellationToken);
            var result = ledger.Verify();
            foreach (var difference in result.Differences)
                Console.WriteLine(difference);
            SuspectCalls.Write(Console.Out, ledger.Export());
            var verdict = result.Differences.Count == 0 ? "the books are sound" : Counted.Of(result.Differences.Count, "difference");
            Console.WriteLine($"{Counted.Of(result.Lines, "line")} of the journal and {Counted.Of(result.Invocations, "invocation")}: {verdict}.");
            return result.Differences.Count == 0 ? ExitCode.Ok : ExitCode.No;
        });
        return command;
    }

    private static Command Compact()
    {
        var data = CommonOptions.Data();
        var command = new Command("compact", """
            Compress the parts of the journal that the database holds. Nothing is lost.

            Example:
              sluice ledger compact --data /var/lib/sluice
            """)
        { data };
        command.SetAction(parsed =>
        {
            var result = Compaction.Run(parsed.GetValue(data)!, TimeProvider.System);
            Console.WriteLine($"{Counted.Of(result.Segments, "segment")} compressed, {result.BytesBefore:#,0} bytes to {result.BytesAfter:#,0}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Listing MainFields(IEnumerable<InvocationRecord> records)
    {
        var table = new Listing("invocation_id", "started_at", "app", "operation", "model", "outcome", "usage_source", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "cost_usd", "attempts", "duration_ms");
        foreach (var record in records)
        {
            table.Add(
                record.InvocationId, record.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"), record.Tags.GetValueOrDefault("app"), record.Operation.Name(),
                record.ServedModel ?? record.RequestedModel, record.Outcome.Name(), record.Usage?.Source.Name(), record.Usage?.Input, record.Usage?.CacheRead,
                record.Usage?.CacheWrite5m, record.Usage?.CacheWrite1h, record.Usage?.Output, (Money?)record.Cost, record.Attempts.Length, record.DurationMs);
        }
        return table;
    }
}
