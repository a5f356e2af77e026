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
            currency TEXT NOT NULL, generative INTEGER NOT NULL, unknown TEXT NOT NULL, billing_account TEXT NOT NULL, billing_month TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS facets_of_bill ON facets (source, billing_account, billing_month);
        -- Records that a source delivers once each, and the import that brought them.
        CREATE TABLE IF NOT EXISTS records (id BLOB PRIMARY KEY, import INTEGER NOT NULL) WITHOUT ROWID;
        {Tables(Charges, Days)}
        -- What providers count without money lies apart from bills, which count the same tokens.
        {Tables(Counts, CountDays)}
        """;

    /// <summary>Where the charges of bills are, and their sums by day.</summary>
    public const string Charges = "charges", Days = "days";

    /// <summary>The same for sources that count and know no money.</summary>
    public const string Counts = "counts", CountDays = "count_days";

    private static readonly string[] AmountParts = [.. Amounts.SelectMany(a => new[] { a + "_milli", a + "_rest" })];

    /// <summary>A charge that isn't there yet; changes nothing where it is.</summary>
    public static string Insert(string table) =>
        $"INSERT INTO {table} VALUES (?1, ?2, ?3, ?4, 1, ?5{string.Concat(AmountParts.Select((_, i) => $", ?{i + 6}"))}) ON CONFLICT DO NOTHING";

    /// <summary>A charge of an earlier file takes on what this file says; changes nothing where the charge is this file's own.</summary>
    public static string Replace(string table) =>
        $"UPDATE {table} SET import = ?4, lines = 1, unpriced = ?5{string.Concat(AmountParts.Select((c, i) => $", {c} = ?{i + 6}"))} WHERE facet = ?1 AND from_s = ?2 AND to_s = ?3 AND import <> ?4";

    /// <summary>A row is added to the charge that is there.</summary>
    public static string Add(string table) =>
        $"UPDATE {table} SET import = ?4, lines = lines + 1, unpriced = unpriced + ?5{string.Concat(AmountParts.Select((c, i) => $", {c} = CASE WHEN {c} IS NULL THEN ?{i + 6} ELSE {c} + COALESCE(?{i + 6}, 0) END"))} WHERE facet = ?1 AND from_s = ?2 AND to_s = ?3";

    /// <summary>The days between two moments of the facets that an import touched, anew; sums of the order in which charges lie, so nothing is sorted.</summary>
    public static string RollUp(string table, string days) => $"""
        INSERT OR REPLACE INTO {days} SELECT facet, from_s / 86400, SUM(lines), SUM(unpriced){string.Concat(AmountParts.Select(c => $", SUM({c})"))}
        FROM {table} WHERE facet IN (SELECT id FROM temp.touched) AND from_s >= $from AND from_s < $to GROUP BY facet, from_s / 86400
        """;

    private static string Tables(string charges, string days) => $"""
        -- One row for each charge and period: the facet and the period are its source row id.
        CREATE TABLE IF NOT EXISTS {charges} (
            facet INTEGER NOT NULL, from_s INTEGER NOT NULL, to_s INTEGER NOT NULL, import INTEGER NOT NULL, lines INTEGER NOT NULL,
            unpriced INTEGER NOT NULL{AmountColumns}, PRIMARY KEY (facet, from_s, to_s)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS {days} (
            facet INTEGER NOT NULL, day INTEGER NOT NULL, lines INTEGER NOT NULL, unpriced INTEGER NOT NULL{AmountColumns},
            PRIMARY KEY (facet, day)) WITHOUT ROWID;
        """;
}
