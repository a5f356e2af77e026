using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Bedrock.Operations;
using Sluice.Configuration;
using Sluice.Core;
using Sluice.Core.Alerts;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Insights.Forecasts;
using Sluice.Ledger.Budgets;
using Sluice.Ledger.Queries;

namespace Sluice.Hosting;

/// <summary>
/// Keeps the budgets of a running gateway: settles what an earlier process left held, notices budgets that are set or
/// removed beside it, books what was spent before a budget was made, and keeps the leases where replicas share limits.
/// </summary>
internal sealed partial class BudgetKeeper : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long the end waits for calls to be settled, which the server has waited for before, and for a shared state that is away.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly string _dataDirectory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RaiseAlert _raise;
    private readonly BudgetFile _file;
    private readonly PostgresBudgets? _shared;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _applying = new(1, 1);
    private volatile SluiceOptions _options;
    private IReadOnlyList<Budget> _managed = [];
    private Task _running = Task.CompletedTask;

    private BudgetKeeper(SluiceOptions options, BudgetFile file, PostgresBudgets? shared, TimeProvider time, RaiseAlert? raise, ILoggerFactory loggers)
    {
        (_options, _file, _shared, _time) = (options, file, shared, time);
        _dataDirectory = options.DataDirectory;
        _logger = loggers.CreateLogger<BudgetKeeper>();
        _raise = raise ?? (alert => Log.Alert(_logger, alert.Title, alert.Advice));
        Book = new BudgetBook(file, shared, time, alert => _ = RaiseAsync(alert), loggers.CreateLogger<BudgetBook>());
    }

    public BudgetBook Book { get; }

    /// <summary>Opens the budgets of a data directory whose ledger is open.</summary>
    /// <exception cref="CouldNotRunException">Their file can't be opened or read.</exception>
    public static async Task<BudgetKeeper> OpenAsync(SluiceOptions options, TimeProvider time, RaiseAlert? raise, ILoggerFactory loggers)
    {
        try
        {
            var file = BudgetFile.Open(options.DataDirectory, loggers.CreateLogger<BudgetFile>());
            var shared = options.BudgetState.Postgres is { } postgres ? new PostgresBudgets(postgres, file.ReplicaId, options.BudgetState.Patience) : null;
            var keeper = new BudgetKeeper(options, file, shared, time, raise, loggers);
            await keeper.RecoverAsync();
            await keeper.LookAsync();
            await keeper.ApplyAsync();
            keeper._running = Task.WhenAll(Task.Run(() => keeper.Book.RunAsync(keeper._stopping.Token)), Task.Run(keeper.LookOnAsync));
            return keeper;
        }
        catch (Exception e) when (e is BudgetStateException or SqliteException or LedgerUnavailableException)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    /// <summary>Takes over a changed configuration. The state stays the one that the gateway began with.</summary>
    /// <exception cref="CouldNotRunException">The budgets can't be written; those before stay in force.</exception>
    public async Task ConfigureAsync(SluiceOptions options)
    {
        var before = _options;
        _options = options;
        try
        {
            await ApplyAsync();
        }
        catch (Exception e) when (e is BudgetStateException or SqliteException or LedgerUnavailableException)
        {
            _options = before;
            throw new CouldNotRunException($"The budgets can't be changed: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        if (await Book.EndAsync(EndLimit) is > 0 and var open)
            Log.StillOpen(_logger, open);
        if (_shared is not null)
            await _shared.DisposeAsync();
        await _file.DisposeAsync();
        _stopping.Dispose();
        _applying.Dispose();
    }

    /// <summary>Tells the owner what the ledger's spending will come to, too. Reading it takes time that no call has.</summary>
    private async Task RaiseAsync(Alert alert)
    {
        await Task.Yield();
        try
        {
            var now = _time.GetUtcNow();
            var standing = Book.Standings(now).FirstOrDefault(s => s.Budget.Name == alert.Facts["budget"] && s.Bucket == alert.Facts["bucket"]);
            if (standing is not null)
            {
                var forecasts = await BudgetForecasts.OfAsync([standing], _dataDirectory, now, _stopping.Token);
                alert = alert with
                {
                    Advice = $"{alert.Advice} Forecast: {forecasts[standing]}.",
                    Facts = new Dictionary<string, string>(alert.Facts, StringComparer.Ordinal) { ["forecast"] = forecasts[standing] },
                };
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException or FormatException)
        {
            Log.NoForecast(_logger, e.Message);
        }
        _raise(alert);
    }

    /// <summary>Settles what was under way when an earlier process ended, to what the ledger says of each attempt.</summary>
    private async Task RecoverAsync()
    {
        var open = _file.OpenAttempts;
        if (open.Count > 0)
        {
            using var ledger = await LedgerReader.OpenAsync(_dataDirectory, TimeProvider.System);
            var unknown = 0;
            foreach (var attemptId in open)
            {
                var cost = CostOf(ledger, attemptId);
                unknown += cost is null ? 1 : 0;
                _file.Settle(new SettledAttempt(attemptId, cost));
            }
            await _file.FlushAsync();
            Log.Recovered(_logger, open.Count, unknown);
        }
        Book.Load(_file.Spent);
    }

    /// <summary>Null for an attempt whose cost nobody will know; nothing for one that is not in the ledger, since it never left.</summary>
    private static Money? CostOf(LedgerReader ledger, string attemptId)
    {
        var stroke = attemptId.LastIndexOf('/');
        var number = int.Parse(attemptId.AsSpan(stroke + 1), CultureInfo.InvariantCulture);
        return ledger.Find(attemptId[..stroke])?.Attempts.FirstOrDefault(a => a.Number == number) is { } attempt ? attempt.Cost : Money.Zero;
    }

    private async Task LookOnAsync()
    {
        using var timer = new PeriodicTimer(LookInterval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await TryAsync(LookAsync);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task TryAsync(Func<Task<bool>> hasChanged)
    {
        try
        {
            if (await hasChanged())
                await ApplyAsync();
        }
        catch (Exception e) when (e is BudgetStateException or SqliteException or LedgerUnavailableException)
        {
            Log.NotRead(_logger, e.Message);
        }
    }

    /// <summary>Reads the budgets that were set with the command.</summary>
    /// <returns>True where something has changed.</returns>
    private async Task<bool> LookAsync()
    {
        IReadOnlyList<Budget> managed;
        try
        {
            managed = _shared is null ? BudgetDatabase.Managed(_dataDirectory) : await _shared.ManagedAsync(_stopping.Token);
        }
        catch (Exception e) when (_shared is not null && e is BudgetStateException or OperationCanceledException)
        {
            // The book tells of a state that is lost; the budgets that are known go on.
            return false;
        }
        if (managed.Count == _managed.Count && managed.Zip(_managed).All(pair => pair.First.IsSameAs(pair.Second)))
            return false;
        _managed = managed;
        return true;
    }

    private async Task ApplyAsync()
    {
        await _applying.WaitAsync();
        try
        {
            var options = _options;
            // The file's word counts where both have a budget of one name.
            var all = options.Budgets.AddRange(_managed.Where(m => options.Budgets.All(b => b.Name != m.Name)));
            var budgets = BudgetDatabase.Revise(_dataDirectory, all).ToImmutableArray();
            foreach (var budget in budgets)
            {
                if (BudgetDatabase.IsNew(_dataDirectory, budget.Account))
                    await BookEarlierAsync(budget);
            }
            Book.Use(budgets, options.BudgetState.Options);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>What was spent in the present window before the budget was made counts too.</summary>
    private async Task BookEarlierAsync(Budget budget)
    {
        var now = _time.GetUtcNow();
        using var ledger = await LedgerReader.OpenAsync(_dataDirectory, TimeProvider.System);
        var spent = new Dictionary<(string Bucket, DateTimeOffset Slot), Money>();
        foreach (var record in ledger.Export(budget.Window.Of(now).Start, now))
        {
            foreach (var attempt in record.Attempts)
            {
                var model = ModelIdentifier.Parse(attempt.Model).BaseModel ?? attempt.Model;
                if (attempt.Cost is { } cost && cost > Money.Zero && budget.Scope.BucketOf(record.KeyId, record.Tags, model) is { } bucket)
                {
                    var place = (bucket, budget.Window.SlotOf(record.StartedAt).Start);
                    spent[place] = spent.GetValueOrDefault(place) + cost;
                }
            }
        }
        foreach (var ((bucket, slot), amount) in spent)
            Book.Add(new SpentRow(new AccountKey(budget.Account, bucket), slot, amount, Money.Zero));
    }

    private static partial class Log
    {
        [LoggerMessage(93, LogLevel.Warning, "{Count} attempts held budget when an earlier process ended; they are settled as the ledger has them, {Unknown} at their worst case because nobody knows what they cost")]
        public static partial void Recovered(ILogger logger, int count, int unknown);

        [LoggerMessage(97, LogLevel.Warning, "{Count} attempts were still under way at the end; what is held for them stays held until the next start settles them as the ledger has them")]
        public static partial void StillOpen(ILogger logger, int count);

        [LoggerMessage(94, LogLevel.Error, "The budgets that were set can't be read, those before stay in force: {Cause}")]
        public static partial void NotRead(ILogger logger, string cause);

        [LoggerMessage(96, LogLevel.Warning, "An alert goes out without a forecast: {Cause}")]
        public static partial void NoForecast(ILogger logger, string cause);

        [LoggerMessage(95, LogLevel.Warning, "{Title} {Advice}")]
        public static partial void Alert(ILogger logger, string title, string advice);
    }
}
