using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Configuration;
using Sluice.Hosting;

namespace Sluice.Commands;

/// <summary>
/// <c>--data</c> of every command: what was said, else SLUICE_DATA, else the configuration's <c>data</c>, else the default.
/// Only a command that says so may begin a directory; all others must find one, and make nothing.
/// </summary>
internal sealed class DataOption : Option<string>
{
    public const string Variable = "SLUICE_DATA";

    /// <summary>What Sluice leaves in a data directory, one or more of it.</summary>
    private static readonly string[] Traces =
        ["ledger.db", "journal", "costs.db", "budgets.db", "alerts.db", "keys.json", "master.key", "quality.json", "quality-resumptions.jsonl", "feedback.jsonl"];

    private readonly bool _mayBegin;

    private DataOption(bool mayBegin, string description) : base("--data")
    {
        _mayBegin = mayBegin;
        Description = description + $" Default: {Variable}, else the configuration's data, else sluice-data.";
        HelpName = "DIR";
        DefaultValueFactory = result => FromEnvironment() ?? Configured(result) ?? new SluiceOptions().DataDirectory;
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var directory }] && string.IsNullOrWhiteSpace(directory))
                result.AddError($"--data '{directory}' names no directory.");
        });
    }

    /// <summary>For commands that need what a gateway or another command has written.</summary>
    public static DataOption Existing() => new(mayBegin: false, "The directory of the ledger and the keys.");

    /// <summary>For commands that begin a data directory where there is none.</summary>
    public static DataOption MayBegin() => new(mayBegin: true, "The directory of the ledger and the keys, which is made where it is missing.");

    /// <summary>The directory that the environment names.</summary>
    public static string? FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } directory ? directory : null;

    /// <summary>The directory that a command would make; null where it is there.</summary>
    /// <exception cref="CouldNotRunException">It isn't there, or has nothing of Sluice, and the command makes none.</exception>
    public static string? Check(ParseResult parsed)
    {
        if (parsed.CommandResult.Command.Options.OfType<DataOption>().FirstOrDefault() is not { } option)
            return null;
        var directory = parsed.GetValue(option)!;
        if (option._mayBegin)
            return Path.Exists(directory) ? null : Path.GetFullPath(directory);
        // Replicas that share their budgets have a configuration, and this machine need not have a ledger.
        if (parsed.GetResult(option) is null or { Implicit: true } && FromEnvironment() is null && parsed.CommandResult.Command.Options.FirstOrDefault(o => o.Name == "--config") is { } config && parsed.GetResult(config) is { Implicit: false })
            return null;
        if (File.Exists(directory))
            throw new CouldNotRunException($"'{directory}' is a file; --data names the directory that it is in.");
        if (!Directory.Exists(directory))
            throw new CouldNotRunException($"There is no ledger in '{directory}': the directory doesn't exist. {Fix}");
        if (!Array.Exists(Traces, t => Path.Exists(Path.Combine(directory, t))))
            throw new CouldNotRunException($"There is no ledger in '{directory}', nor bills, budgets or keys. {Fix}");
        return null;
    }

    private const string Fix = $"Name the directory that 'sluice serve' uses, with --data, {Variable} or the data of --config; 'sluice serve' and 'sluice import FILE' begin one.";

    private static string? Configured(ArgumentResult result)
    {
        for (SymbolResult? up = result; up is not null; up = up.Parent)
        {
            if (up is CommandResult command && command.Command.Options.OfType<Option<string?>>().FirstOrDefault(o => o.Name == "--config") is { } option)
                return command.GetResult(option) is { Tokens: [.., var file] } ? OptionsReader.ReadFile(file.Value).DataDirectory : null;
        }
        return null;
    }
}
