using System.Globalization;
using Npgsql;
using Sluice.Core;
using Sluice.Core.Budgets;

namespace Sluice.Ledger.Budgets;

/// <summary>
/// The budgets of several replicas in PostgreSQL: their leases, and the budgets that were set with the command. The sum of
/// all leases of an account never passes its limit, whoever asks at the same time, because each asks under the account's lock.
/// </summary>
public sealed class PostgresBudgets : IBudgetLeases, IAsyncDisposable
{
    private const int Version = 1;

    /// <summary>What a replica held that was not heard of for so long counts as spent, until it comes back and says otherwise.</summary>
    private const string PresumedSpentAfter = "60 seconds";

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS sluice_schema (part text PRIMARY KEY, version integer NOT NULL);
        CREATE TABLE IF NOT EXISTS sluice_budgets (
            name text PRIMARY KEY, scope text NOT NULL, limit_usd text NOT NULL, period text NOT NULL, rolling boolean NOT NULL, zone text NOT NULL,
            thresholds text NOT NULL);
        CREATE TABLE IF NOT EXISTS sluice_budget_leases (
            account text NOT NULL, bucket text NOT NULL, slot timestamptz NOT NULL, replica text NOT NULL,
            granted_pico bigint NOT NULL, used_pico bigint NOT NULL, renewed_at timestamptz NOT NULL,
            PRIMARY KEY (account, bucket, slot, replica));
        INSERT INTO sluice_schema VALUES ('budgets', 1) ON CONFLICT DO NOTHING;
        """;

    private const string Ask = $"""
        WITH others AS (
            SELECT coalesce(sum(granted_pico), 0)::bigint AS granted,
                coalesce(sum(CASE WHEN renewed_at < now() - interval '{PresumedSpentAfter}' THEN granted_pico ELSE used_pico END), 0)::bigint AS used
            FROM sluice_budget_leases WHERE account = $1 AND bucket = $2 AND slot >= $3 AND NOT (slot = $4 AND replica = $5))
        INSERT INTO sluice_budget_leases AS lease (account, bucket, slot, replica, granted_pico, used_pico, renewed_at)
        SELECT $1, $2, $4, $5, CASE WHEN $6::bigint - others.granted < $8 THEN $7 ELSE greatest($7, least($9, $6::bigint - others.granted)) END, $10, now() FROM others
        ON CONFLICT (account, bucket, slot, replica) DO UPDATE SET granted_pico = excluded.granted_pico, used_pico = excluded.used_pico, renewed_at = excluded.renewed_at
        RETURNING lease.granted_pico, (SELECT granted FROM others), (SELECT used FROM others)
        """;

    private readonly NpgsqlDataSource _source;
    private readonly string _replica;
    private readonly string _where;
    private volatile bool _isPrepared;

    /// <param name="connectionString">Npgsql's; its password never goes into a message.</param>
    /// <param name="replica">Names the data directory of this process.</param>
    /// <param name="patience">How long it may take to connect or to answer before it counts as away; whole seconds.</param>
    /// <exception cref="ArgumentException">The connection string is not one.</exception>
    public PostgresBudgets(string connectionString, string replica, TimeSpan patience)
    {
        var seconds = (int)Math.Clamp(Math.Ceiling(patience.TotalSeconds), 1, 600);
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "sluice", CommandTimeout = seconds, Timeout = seconds, MaxPoolSize = 4, KeepAlive = 10 };
        _source = NpgsqlDataSource.Create(builder);
        _replica = replica;
        _where = $"PostgreSQL at {builder.Host}, database {builder.Database}";
    }

    public Task<IReadOnlyList<Lease>> ExchangeAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<Lease>>(
        async connection =>
        {
            // Every replica locks in one order, so that no two wait for each other.
            var ordered = requests.OrderBy(r => r.Account.Account, StringComparer.Ordinal).ThenBy(r => r.Account.Bucket, StringComparer.Ordinal).ThenBy(r => r.Slot).ToList();
            await using var batch = connection.CreateBatch();
            foreach (var request in ordered)
            {
                batch.BatchCommands.Add(Command("SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))", request.Account.Account, request.Account.Bucket));
                batch.BatchCommands.Add(Command(
                    Ask, request.Account.Account, request.Account.Bucket, request.Oldest.UtcDateTime, request.Slot.UtcDateTime, _replica,
                    request.Limit?.PicoUsd, request.Floor.PicoUsd, request.Least.PicoUsd, request.Target.PicoUsd, request.Used.PicoUsd));
            }
            if (ordered.Count == 0)
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1"));
            var leases = new List<Lease>();
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            foreach (var request in ordered)
            {
                await reader.NextResultAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                leases.Add(new Lease(request, Money.FromPicoUsd(reader.GetInt64(0)), Money.FromPicoUsd(reader.GetInt64(1)), Money.FromPicoUsd(reader.GetInt64(2))));
                await reader.NextResultAsync(cancellationToken);
            }
            return leases;
        },
        cancellationToken);

    /// <summary>The budgets that were set with the command, by name.</summary>
    /// <exception cref="BudgetStateException">The database can't be asked.</exception>
    public Task<IReadOnlyList<Budget>> ManagedAsync(CancellationToken cancellationToken) => AskAsync<IReadOnlyList<Budget>>(
        async connection =>
        {
            var budgets = new List<Budget>();
            await using var command = new NpgsqlCommand("SELECT name, scope, limit_usd, period, rolling, zone, thresholds FROM sluice_budgets ORDER BY name", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                budgets.Add(BudgetText.Read(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4), reader.GetString(5), reader.GetString(6)));
            return budgets;
        },
        cancellationToken);

    /// <summary>What all replicas together have spent and hold; what is presumed spent of a lost one counts as unknown.</summary>
    /// <exception cref="BudgetStateException">The database can't be asked.</exception>
    public Task<(IReadOnlyList<SpentRow> Spent, IReadOnlyList<HoldRow> Holds)> LookAsync(CancellationToken cancellationToken) => AskAsync<(IReadOnlyList<SpentRow>, IReadOnlyList<HoldRow>)>(
        async connection =>
        {
            var (spent, holds) = (new List<SpentRow>(), new List<HoldRow>());
            await using var command = new NpgsqlCommand(
                $"SELECT account, bucket, slot, granted_pico, used_pico, renewed_at < now() - interval '{PresumedSpentAfter}', replica FROM sluice_budget_leases", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (key, slot) = (new AccountKey(reader.GetString(0), reader.GetString(1)), new DateTimeOffset(reader.GetDateTime(2), TimeSpan.Zero));
                var (used, open, isLost) = (Money.FromPicoUsd(reader.GetInt64(4)), Money.FromPicoUsd(reader.GetInt64(3) - reader.GetInt64(4)), reader.GetBoolean(5));
                spent.Add(new SpentRow(key, slot, used, isLost ? open : Money.Zero));
                if (!isLost)
                    holds.Add(new HoldRow(reader.GetString(6), key, slot, open));
            }
            return (spent, holds);
        },
        cancellationToken);

    /// <exception cref="BudgetStateException">The database can't be asked.</exception>
    public Task SetAsync(Budget budget, CancellationToken cancellationToken) => RunAsync(
        """
        INSERT INTO sluice_budgets VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (name) DO UPDATE SET scope = excluded.scope, limit_usd = excluded.limit_usd, period = excluded.period, rolling = excluded.rolling, zone = excluded.zone, thresholds = excluded.thresholds
        """,
        cancellationToken, budget.Name, budget.Scope.ToString(), budget.Limit.ToString(), budget.Window.Period.ToString(), budget.Window.IsRolling, budget.Window.Zone.Id, BudgetText.Of(budget.Thresholds));

    /// <returns>False where there is none of that name.</returns>
    /// <exception cref="BudgetStateException">The database can't be asked.</exception>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        await RunAsync("DELETE FROM sluice_budgets WHERE name = $1", cancellationToken, name) > 0;

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object?[] values) => AskAsync(
        async connection =>
        {
            await using var batch = connection.CreateBatch();
            batch.BatchCommands.Add(Command(sql, values));
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    private async Task<T> AskAsync<T>(Func<NpgsqlConnection, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            if (!_isPrepared)
                await PrepareAsync(connection, cancellationToken);
            return await question(connection);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or InvalidOperationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BudgetStateException($"{_where} can't be asked: {e.Message}.", e);
        }
    }

    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // CREATE IF NOT EXISTS of two replicas at once can fail; one after the other can't.
        await using (var create = new NpgsqlCommand("SELECT pg_advisory_xact_lock(7305803311451); " + Schema, connection, transaction))
            await create.ExecuteNonQueryAsync(cancellationToken);
        await using (var ask = new NpgsqlCommand("SELECT version FROM sluice_schema WHERE part = 'budgets'", connection, transaction))
        {
            if (Convert.ToInt32(await ask.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) is var version && version > Version)
                throw new BudgetStateException($"{_where} has the schema of a later Sluice ({version}, this one knows {Version}); run that one.");
        }
        await transaction.CommitAsync(cancellationToken);
        _isPrepared = true;
    }

    private static NpgsqlBatchCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(value is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint } : new NpgsqlParameter { Value = value });
        return command;
    }
}
