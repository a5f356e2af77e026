using System.CommandLine;
using Sluice.Core;
using Sluice.Ledger.Upkeep;

namespace Sluice.Commands.Backup;

/// <summary><c>sluice backup DIR</c>: a copy of the data directory, beside a running server.</summary>
public static class BackupCommand
{
    public static Command Create()
    {
        var target = new Argument<string>("directory") { Description = "Where the copy goes: a directory that isn't there yet, or is empty." };
        var data = CommonOptions.Data();
        var command = new Command("backup", """
            Copy the data directory while a server may be writing it: ledger, journal, bills, budgets, alerts and keys. The copy
            is a data directory itself: to restore, stop the server, put the copy in place, and start it. It can be read only by
            its owner, and holds the keys: keep it as you keep those.

            Examples:
              sluice backup /backups/sluice-$(date +%F) --data /var/lib/sluice
              sluice ledger verify --data /backups/sluice-2026-11-30
            """)
        { target, data };
        command.SetAction(parsed =>
        {
            var (directory, copy) = (parsed.GetValue(data)!, parsed.GetValue(target)!);
            var result = DataBackup.Run(directory, copy);
            Console.WriteLine($"{Counted.Of(result.Files, "file")}, {Counted.Of(result.Bytes, "byte")}, {Counted.Word(result.Files, "is", "are")} in {Path.GetFullPath(copy)}.");
            if (result.HasKeys)
                Console.WriteLine("The master key is among them: whoever has this copy can make the secrets of all keys.");
            Console.WriteLine($"Check it with: sluice ledger verify --data {copy}");
            return ExitCode.Ok;
        });
        return command;
    }
}
