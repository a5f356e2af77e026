namespace Sluice.Insights.Store;

/// <summary>The tables of the cost store.</summary>
internal static class CostSchema
{
    public const string FileName = "costs.db";

    /// <summary>The amounts of a row, each in two columns (see <see cref="Exact"/>), in the order in which they are bound.</summary>
    public static readonly string[] Amounts = ["quantity", "billed", "effective", "contracted", "list"];

    private static readonly string AmountColumns = string.Concat(Amounts.Select(a => $", {a}_milli INTEGER, {a}_rest INTEGER"));

    public static readonly string Create = $"""
        CREATE TABLE IF NOT EXISTS imports (
            id INTEGER PRIMARY KEY, file TEXT NOT NULL, source TEXT NOT NULL DEFAULT '', imported_us INTEGER NOT NULL,
            rows INTEGER NOT NULL DEFAULT 0, set_aside INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS set_aside (import INTEGER NOT NULL, place TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL);
        -- What charges are for. The identity is that of the raw fields, so that a row stays the same when Sluice learns to read it better.
        CREATE TABLE IF NOT EXISTS facets (
            id INTEGER PRIMARY KEY, identity BLOB NOT NULL UNIQUE, source TEXT NOT NULL, provider TEXT NOT NULL, service TEXT NOT NULL, model TEXT NOT NULL,
            family TEXT NOT NULL, developer TEXT NOT NULL, kind TEXT NOT NULL, tier TEXT NOT NULL, scope TEXT NOT NULL, batch INTEGER NOT NULL,
            latency_optimized INTEGER NOT NULL, long_context INTEGER NOT NULL, account TEXT NOT NULL, project TEXT NOT NULL, region TEXT NOT NULL,
            principal TEXT NOT NULL, tags TEXT NOT NULL, usage_type TEXT NOT NULL, charge_category TEXT NOT NULL, unit TEXT NOT NULL,
            currency TEXT NOT NULL, generative INTEGER NOT NULL, unknown TEXT NOT NULL);
        -- One row for each charge and period: the facet and the period are its source row id.
        CREATE TABLE IF NOT EXISTS charges (
            facet INTEGER NOT NULL, from_s INTEGER NOT NULL, to_s INTEGER NOT NULL, import INTEGER NOT NULL, lines INTEGER NOT NULL,
            unpriced INTEGER NOT NULL{AmountColumns}, PRIMARY KEY (facet, from_s, to_s)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS days (
            facet INTEGER NOT NULL, day INTEGER NOT NULL, lines INTEGER NOT NULL, unpriced INTEGER NOT NULL{AmountColumns},
            PRIMARY KEY (facet, day)) WITHOUT ROWID;
        """;

    /// <summary>
    /// Rows of one file that differ in their amounts alone add up; a row of a later file takes the place of what an earlier one said.
    /// </summary>
    public static readonly string Upsert = $"""
        INSERT INTO charges VALUES (?1, ?2, ?3, ?4, 1, ?5{string.Concat(Enumerable.Range(6, Amounts.Length * 2).Select(i => $", ?{i}"))})
        ON CONFLICT (facet, from_s, to_s) DO UPDATE SET
            lines = CASE import WHEN excluded.import THEN lines + 1 ELSE 1 END,
            unpriced = CASE import WHEN excluded.import THEN unpriced + excluded.unpriced ELSE excluded.unpriced END
            {string.Concat(Amounts.SelectMany(a => new[] { a + "_milli", a + "_rest" }).Select(Merge))},
            import = excluded.import
        """;

    /// <summary>The days between two moments, anew; sums of the order in which charges lie, so nothing is sorted.</summary>
    public static readonly string RollUp = $"""
        INSERT OR REPLACE INTO days SELECT facet, from_s / 86400, SUM(lines), SUM(unpriced){string.Concat(Amounts.Select(a => $", SUM({a}_milli), SUM({a}_rest)"))}
        FROM charges WHERE from_s >= $from AND from_s < $to GROUP BY facet, from_s / 86400
        """;

    private static string Merge(string column) =>
        $", {column} = CASE WHEN import <> excluded.import OR {column} IS NULL THEN excluded.{column} ELSE {column} + COALESCE(excluded.{column}, 0) END";
}
