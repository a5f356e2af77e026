using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Core.Budgets;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Ledger.Budgets;

namespace Sluice.Hosting;

/// <summary>The budgets as a command sees them from beside the gateway: those of a file, and the state in a data directory or PostgreSQL.</summary>
internal sealed class BudgetState : IAsyncDisposable
{
    private readonly string _directory;
    private readonly PostgresBudgets? _shared;

    private BudgetState(SluiceOptions options, string directory, PostgresBudgets? shared) => (Options, _directory, _shared) = (options, directory, shared);

    public SluiceOptions Options { get; }

    public ImmutableArray<Budget> Configured => Options.Budgets;

    /// <summary>Nobody's call waits for a command.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static BudgetState Open(string? configurationFile, string directory) =>
        Open(configurationFile is null ? new SluiceOptions() : OptionsReader.ReadFile(configurationFile), directory);

    public static BudgetState Open(SluiceOptions options, string directory)
    {
        var shared = options.BudgetState.Postgres is { } postgres ? new PostgresBudgets(postgres, "command", Patience) : null;
        return new BudgetState(options, directory, shared);
    }

    public Task SetAsync(Budget budget, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        if (_shared is null)
            BudgetDatabase.Set(_directory, budget);
        else
            await _shared.SetAsync(budget, cancellationToken);
        return true;
    });

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(async () => _shared is null ? BudgetDatabase.Remove(_directory, name) : await _shared.RemoveAsync(name, cancellationToken));

    /// <summary>A book to look at: what is spent and held as the state has it now.</summary>
    public Task<BudgetBook> BookAsync(TimeProvider time, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var managed = _shared is null ? BudgetDatabase.Managed(_directory) : await _shared.ManagedAsync(cancellationToken);
        var (spent, holds) = _shared is null ? BudgetDatabase.Look(_directory) : await _shared.LookAsync(cancellationToken);
        var book = new BudgetBook(journal: null, leases: null, time, raise: null, NullLogger<BudgetBook>.Instance);
        book.Load(spent);
        book.LoadHeld(holds);
        var all = Configured.AddRange(managed.Where(m => Configured.All(b => b.Name != m.Name)));
        book.Use([.. BudgetDatabase.WithRevisions(_directory, all)], Options.BudgetState.Options);
        return book;
    });

    public ValueTask DisposeAsync() => _shared?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (e is BudgetStateException or SqliteException)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }
}
