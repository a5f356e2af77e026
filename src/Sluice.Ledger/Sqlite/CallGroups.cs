using Microsoft.Data.Sqlite;

namespace Sluice.Ledger.Sqlite;

/// <summary>Gives every distinct group of calls a number. The most recent are remembered, within a bound.</summary>
internal sealed class CallGroups(SqliteConnection connection)
{
    private const int MaxRemembered = 20_000;

    private readonly Dictionary<CallGroup, long> _ids = [];

    public long IdOf(in CallGroup group, SqliteTransaction transaction)
    {
        if (_ids.TryGetValue(group, out var id))
            return id;
        if (_ids.Count >= MaxRemembered)
            _ids.Clear();
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = """
            INSERT INTO call_groups (key_id, tag_set, operation, model, region, scope, tier, outcome, error, status, doubt)
            VALUES ($key, $tags, $operation, $model, $region, $scope, $tier, $outcome, $error, $status, $doubt)
            ON CONFLICT DO UPDATE SET doubt = doubt RETURNING id
            """;
        insert.Parameters.AddWithValue("$key", group.KeyId);
        insert.Parameters.AddWithValue("$tags", group.TagSet);
        insert.Parameters.AddWithValue("$operation", group.Operation);
        insert.Parameters.AddWithValue("$model", group.Model);
        insert.Parameters.AddWithValue("$region", group.Region);
        insert.Parameters.AddWithValue("$scope", group.Scope);
        insert.Parameters.AddWithValue("$tier", group.Tier);
        insert.Parameters.AddWithValue("$outcome", group.Outcome);
        insert.Parameters.AddWithValue("$error", group.Error);
        insert.Parameters.AddWithValue("$status", group.Status);
        insert.Parameters.AddWithValue("$doubt", (int)group.Doubt);
        return _ids[group] = (long)insert.ExecuteScalar()!;
    }

    /// <summary>Numbers that were given in a transaction which came to nothing are forgotten with it.</summary>
    public void Forget() => _ids.Clear();
}
