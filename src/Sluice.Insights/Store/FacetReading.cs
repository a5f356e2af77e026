using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;

namespace Sluice.Insights.Store;

/// <summary>Facets as they come out of the store.</summary>
internal static class FacetReading
{
    public static SqliteCommand Command(SqliteConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = """
            SELECT source, provider, service, model, family, developer, kind, tier, scope, batch, latency_optimized, long_context, account,
                project, region, principal, tags, usage_type, charge_category, unit, currency, generative, unknown, billing_account, billing_month FROM facets WHERE id = $id
            """;
        command.Parameters.AddWithValue("$id", 0L);
        return command;
    }

    public static CostFacet? Find(SqliteCommand command, long id)
    {
        command.Parameters[0].Value = id;
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }

    private static CostFacet Read(SqliteDataReader reader) => new()
    {
        Source = BillSources.TryParse(reader.GetString(0), out var source) ? source : throw new CostStoreException($"The cost store has a source '{reader.GetString(0)}', which this version doesn't know."),
        Provider = reader.GetString(1),
        Service = reader.GetString(2),
        Model = reader.GetString(3),
        Family = reader.GetString(4),
        Developer = reader.GetString(5),
        Kind = UsageKinds.TryParse(reader.GetString(6), out var kind) ? kind : null,
        Tier = reader.GetString(7),
        Scope = reader.GetString(8),
        IsBatch = reader.GetBoolean(9),
        IsLatencyOptimized = reader.GetBoolean(10),
        IsLongContext = reader.GetBoolean(11),
        Account = reader.GetString(12),
        Project = reader.GetString(13),
        Region = reader.GetString(14),
        Principal = reader.GetString(15),
        Tags = reader.GetString(16),
        UsageType = reader.GetString(17),
        ChargeCategory = reader.GetString(18),
        Unit = reader.GetString(19),
        Currency = reader.GetString(20),
        IsGenerativeAi = reader.GetBoolean(21),
        Unknown = reader.GetString(22),
        BillingAccount = reader.GetString(23),
        BillingMonth = reader.GetString(24),
    };
}
