using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Tests.Harness;

/// <summary>Makes of a ledger's database what version 1 would have made: hourly sums by kind, and none of what came later.</summary>
internal static class EarlierLedger
{
    private const string Rollups = """
        CREATE TABLE rollups (
            hour INTEGER NOT NULL, key_id TEXT NOT NULL, tag_set INTEGER NOT NULL, operation TEXT NOT NULL, model TEXT NOT NULL,
            region TEXT NOT NULL, scope TEXT NOT NULL, tier TEXT NOT NULL, outcome TEXT NOT NULL, estimated INTEGER NOT NULL, kind TEXT NOT NULL,
            calls INTEGER NOT NULL, unpriced_calls INTEGER NOT NULL, quantity_milli INTEGER NOT NULL,
            cost_milli INTEGER NOT NULL, cost_rest_pico INTEGER NOT NULL,
            PRIMARY KEY (hour, key_id, tag_set, operation, model, region, scope, tier, outcome, estimated, kind)) WITHOUT ROWID;
        """;

    /// <param name="folder">A ledger that nobody has open.</param>
    /// <param name="records">All that it ever had, those that were deleted too.</param>
    public static void Make(LedgerFolder folder, IEnumerable<InvocationRecord> records)
    {
        using var connection = Database.OpenForWriting(folder.Root);
        using var transaction = connection.BeginTransaction();
        connection.Run(Schema.DropSums + Rollups + "DELETE FROM facts WHERE name = 'quarters_since'; PRAGMA user_version = 1", transaction);
        using var add = connection.CreateCommand();
        add.Transaction = transaction;
        add.CommandText = """
            INSERT INTO rollups VALUES ($hour, $key, $tags, $operation, $model, $region, $scope, $tier, $outcome, $estimated, $kind, $calls, $unpriced, $quantity, $milli, $rest)
            ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, unpriced_calls = unpriced_calls + excluded.unpriced_calls,
                quantity_milli = quantity_milli + excluded.quantity_milli, cost_milli = cost_milli + excluded.cost_milli, cost_rest_pico = cost_rest_pico + excluded.cost_rest_pico
            """;
        var tagSets = new TagSets(connection);
        foreach (var record in records)
        {
            var isPriced = record.Cost is { } cost && Math.Abs(cost.Usd) < 10_000_000_000;
            Add("", 1, isPriced ? 0 : 1, 0, isPriced ? record.Cost!.Value : Money.Zero);
            foreach (var kind in record.Usage is null ? [] : UsageKinds.All)
            {
                var part = isPriced ? record.CostByKind.GetValueOrDefault(kind) : Money.Zero;
                if (record.Usage!.Count(kind) is var count && (count != 0 || part != Money.Zero))
                    Add(kind.Name(), 0, 0, count, part);
            }

            void Add(string kind, int calls, int unpriced, decimal quantity, Money amount)
            {
                var milli = (long)decimal.Truncate(amount.Usd * 1000);
                var doubt = (record.Usage?.Source == UsageSource.Estimated ? 1 : 0) + (record.Usage is not null && record.UsageSuspect is not null ? 2 : 0);
                Set(add, [
                    ("$hour", (long)Math.Floor((record.StartedAt - DateTimeOffset.UnixEpoch).TotalHours)), ("$key", record.KeyId ?? ""), ("$tags", tagSets.IdOf(record.Tags, transaction)),
                    ("$operation", record.Operation.Name()), ("$model", record.ServedModel ?? record.RequestedModel ?? ""), ("$region", record.Region ?? ""),
                    ("$scope", Sluice.Core.Pricing.PriceNames.Name(record.Scope)), ("$tier", Sluice.Core.Pricing.PriceNames.Name(record.Tier)), ("$outcome", record.Outcome.Name()),
                    ("$estimated", doubt), ("$kind", kind), ("$calls", calls), ("$unpriced", unpriced), ("$quantity", (long)(quantity * 1000)),
                    ("$milli", milli), ("$rest", (amount - Money.FromUsd(milli / 1000m)).PicoUsd)]);
                add.ExecuteNonQuery();
            }
        }
        transaction.Commit();
    }

    private static void Set(SqliteCommand command, IEnumerable<(string Name, object Value)> parameters)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
    }
}
