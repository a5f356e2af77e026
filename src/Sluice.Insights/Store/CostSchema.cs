namespace Sluice.Insights.Store;

/// <summary>The tables of the cost store.</summary>
internal static class CostSchema
{
    public const string FileName = "costs.db";

    /// <summary>Of the tables' form. A file of another form can't be read; bills are imported again.</summary>
    public const long Version = 5;

    /// <summary>The columns of <see cref="ChargeSums"/>.</summary>
    public static readonly string[] SumColumns = ["lines", .. Enum.GetNames<AmountKind>().Select(n => n.ToLowerInvariant()).SelectMany(a => new[] { $"{a}_milli", $"{a}_rest", $"{a}_missing" })];

    /// <summary>What sums can be asked by, as a facet has it; the tables of sums know charges by these alone.</summary>
    public static readonly string[] SliceColumns =
    [
        "source", "provider", "service", "model", "family", "developer", "kind", "tier", "scope", "batch", "latency_optimized", "long_context",
        "account", "project", "region", "app", "team", "task", "environment", "charge_category", "unit", "currency", "generative",
    ];

    private static readonly string Sums = string.Concat(SumColumns.Select(c => $", {c} INTEGER NOT NULL"));

    public static readonly string Create = $"""
        CREATE TABLE IF NOT EXISTS imports (
            id INTEGER PRIMARY KEY, file TEXT NOT NULL, source TEXT NOT NULL DEFAULT '', imported_us INTEGER NOT NULL,
            rows INTEGER NOT NULL DEFAULT 0, set_aside INTEGER NOT NULL DEFAULT 0, first_s INTEGER, last_s INTEGER);
        -- The files of an import, and of a zip the parts; of chunks also the delivery that they add up to, which time it came, and a number for what they say.
        CREATE TABLE IF NOT EXISTS parts (id INTEGER PRIMARY KEY, import INTEGER NOT NULL, name TEXT NOT NULL,
            delivery TEXT NOT NULL, chunk INTEGER NOT NULL, generation INTEGER NOT NULL, content BLOB);
        CREATE INDEX IF NOT EXISTS parts_of_delivery ON parts (delivery, generation);
        CREATE TABLE IF NOT EXISTS set_aside (import INTEGER NOT NULL, place TEXT NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL);
        -- What charges are for. The identity is that of the raw fields, so that a row stays the same when Sluice learns to read it better.
        CREATE TABLE IF NOT EXISTS facets (
            id INTEGER PRIMARY KEY, slice INTEGER NOT NULL, identity BLOB NOT NULL UNIQUE, source TEXT NOT NULL, provider TEXT NOT NULL, service TEXT NOT NULL, model TEXT NOT NULL,
            family TEXT NOT NULL, developer TEXT NOT NULL, kind TEXT NOT NULL, tier TEXT NOT NULL, scope TEXT NOT NULL, batch INTEGER NOT NULL,
            latency_optimized INTEGER NOT NULL, long_context INTEGER NOT NULL, account TEXT NOT NULL, project TEXT NOT NULL, region TEXT NOT NULL,
            principal TEXT NOT NULL, tags TEXT NOT NULL, usage_type TEXT NOT NULL, charge_category TEXT NOT NULL, unit TEXT NOT NULL,
            currency TEXT NOT NULL, generative INTEGER NOT NULL, unknown TEXT NOT NULL, billing_account TEXT NOT NULL, billing_month TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS facets_by_slice ON facets (slice);
        CREATE INDEX IF NOT EXISTS facets_of_bill ON facets (source, billing_account, billing_month);
        -- Records that a source delivers once each, and the import that brought them.
        CREATE TABLE IF NOT EXISTS records (id BLOB PRIMARY KEY, import INTEGER NOT NULL) WITHOUT ROWID;
        -- What many facets share: all but resources, principals, usage types and most tags. Coarse ones have source, provider, kind, unit, currency and generative alone.
        CREATE TABLE IF NOT EXISTS slices (
            id INTEGER PRIMARY KEY, coarse INTEGER NOT NULL{string.Concat(SliceColumns.Select(c => $", {c} TEXT NOT NULL"))},
            UNIQUE (coarse, {string.Join(", ", SliceColumns)}));
        -- One row for each charge and period: the period and the facet are its source row id. The time comes first, so that a bill of a month and
        -- a question about a week touch neighbouring pages. The part and the line are where its first row stands in what said it last.
        CREATE TABLE IF NOT EXISTS charges (
            from_s INTEGER NOT NULL, facet INTEGER NOT NULL, to_s INTEGER NOT NULL, part INTEGER NOT NULL, line INTEGER NOT NULL{Sums}, PRIMARY KEY (from_s, facet, to_s)) WITHOUT ROWID;
        -- Sums of charges by when they begin (UTC): months since year 0, days and hours since 1970. Hours are of coarse slices.
        {string.Join('\n', new[] { "months", "days", "hours" }.Select(t => $"CREATE TABLE IF NOT EXISTS {t} (at INTEGER NOT NULL, slice INTEGER NOT NULL, shadowed INTEGER NOT NULL{Sums}, PRIMARY KEY (at, slice, shadowed)) WITHOUT ROWID;"))}
        -- Sources whose charges of a day another source of the same provider and account tells in more detail.
        CREATE TABLE IF NOT EXISTS shadows (day INTEGER NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL, source TEXT NOT NULL,
            PRIMARY KEY (day, provider, account, source)) WITHOUT ROWID;
        PRAGMA user_version = {Version};
        """;
}
