namespace Sluice.Reports;

/// <summary>What the values of a column are. Money and other exact numbers are strings in JSON, so that no reader rounds them.</summary>
internal enum ColumnType
{
    Text,

    /// <summary>A whole number.</summary>
    Count,

    Tokens,

    /// <summary>Dollars.</summary>
    Usd,

    /// <summary>Money in the currency that the row or the answer names.</summary>
    Amount,

    /// <summary>An exact number of any unit.</summary>
    Number,

    /// <summary>An exact number from 0 to 1.</summary>
    Share,

    /// <summary>An exact number of hundredths.</summary>
    Percent,

    Milliseconds,

    /// <summary>An instant in UTC, in ISO 8601.</summary>
    Moment,

    Flag,
}

/// <summary>Who gets to see a column.</summary>
internal enum ColumnView
{
    All,

    /// <summary>Programs always, people only if a row has something other than 0 in it.</summary>
    PeopleIfAny,

    /// <summary>CSV and JSON.</summary>
    Programs,

    /// <summary>CSV, whose rows must say by themselves what they belong to; JSON says it once.</summary>
    Csv,

    /// <summary>Tables: what programs have in several columns.</summary>
    People,
}

internal static class ColumnTypes
{
    /// <summary>The name in the catalogue, such as <c>usd</c>.</summary>
    public static string Name(this ColumnType type) => type.ToString().ToLowerInvariant();

    /// <summary>The unit of the values; null for those that have none, or name it beside them.</summary>
    public static string? Unit(this ColumnType type) => type switch
    {
        ColumnType.Tokens => "tokens",
        ColumnType.Usd => "USD",
        ColumnType.Percent => "%",
        ColumnType.Milliseconds => "ms",
        _ => null,
    };
}
