namespace Sluice.Ledger.Sqlite;

/// <summary>The tables of the ledger's SQLite file.</summary>
internal static class Schema
{
    public const string Text = """
        CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), segment TEXT NOT NULL, offset INTEGER NOT NULL);
        INSERT OR IGNORE INTO progress VALUES (1, '', 0);
        CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS tag_sets (id INTEGER PRIMARY KEY, tags TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS open_intents (invocation_id TEXT PRIMARY KEY, segment TEXT NOT NULL, record BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS invocations (
            id INTEGER PRIMARY KEY, invocation_id TEXT NOT NULL UNIQUE, started_us INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS invocations_by_start ON invocations (started_us, id);
        -- The few records that name a stored answer.
        CREATE INDEX IF NOT EXISTS invocations_of_answers ON invocations (started_us) WHERE instr(record, X'22616E737765725F6964223A22') > 0;
        """ + Sums;

    /// <summary>What is kept so that questions need not read records.</summary>
    public const string Sums = """

        CREATE TABLE IF NOT EXISTS call_groups (
            id INTEGER PRIMARY KEY, key_id TEXT NOT NULL, tag_set INTEGER NOT NULL, operation TEXT NOT NULL, model TEXT NOT NULL, region TEXT NOT NULL,
            scope TEXT NOT NULL, tier TEXT NOT NULL, outcome TEXT NOT NULL, error TEXT NOT NULL, status TEXT NOT NULL,
            -- 1 for usage that was estimated, plus 2 for usage that contradicts itself, plus 4 for a cost that is not known.
            doubt INTEGER NOT NULL,
            UNIQUE (key_id, tag_set, operation, model, region, scope, tier, outcome, error, status, doubt));
        -- The narrow row of each record, with its id. A cost is the sum of both: thousandths of a dollar, and the pico-dollars that are less than one.
        CREATE TABLE IF NOT EXISTS calls (
            id INTEGER PRIMARY KEY, started_us INTEGER NOT NULL, group_id INTEGER NOT NULL, cost_milli INTEGER, cost_rest_pico INTEGER,
            duration_us INTEGER, ttft_us INTEGER, input INTEGER, cache_read INTEGER, cache_write INTEGER, output INTEGER);
        CREATE INDEX IF NOT EXISTS calls_by_start ON calls (started_us, id);
        CREATE INDEX IF NOT EXISTS calls_by_group ON calls (group_id, started_us, id);
        -- Width and start in quarters of an hour since 1970, UTC; what the sums are is in CallSums.
        CREATE TABLE IF NOT EXISTS sums (
            width INTEGER NOT NULL, start INTEGER NOT NULL, group_id INTEGER NOT NULL, sums BLOB NOT NULL,
            PRIMARY KEY (width, start, group_id)) WITHOUT ROWID;
        """;

    /// <summary>Undoes <see cref="Sums"/>.</summary>
    public const string DropSums = "DROP TABLE IF EXISTS sums; DROP TABLE IF EXISTS calls; DROP TABLE IF EXISTS call_groups;";
}
