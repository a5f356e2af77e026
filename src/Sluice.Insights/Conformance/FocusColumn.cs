using System.Collections.Frozen;

namespace Sluice.Insights.Conformance;

/// <summary>Whether a dataset must have a column.</summary>
public enum FocusLevel
{
    Mandatory,

    /// <summary>Only where the provider supports what the column is about, which a file doesn't tell.</summary>
    Conditional,

    Recommended,
}

/// <summary>What values of a column look like.</summary>
public enum ValueFormat
{
    Text,
    Decimal,
    NonNegativeDecimal,
    DateTime,

    /// <summary>ISO 4217.</summary>
    NationalCurrency,

    /// <summary>ISO 4217, or the name of a virtual currency.</summary>
    AnyCurrency,

    /// <summary>A JSON object whose values are neither objects nor arrays.</summary>
    KeyValue,

    JsonObject,
    Unit,
}

/// <summary>A column of the Cost and Usage dataset.</summary>
/// <param name="Name">Its id, which is the column's name in a file.</param>
/// <param name="Format">Of its values.</param>
/// <param name="Level">Whether it must be there.</param>
/// <param name="AllowsNulls">False where no row may be without a value.</param>
public sealed record FocusColumn(string Name, ValueFormat Format, FocusLevel Level, bool AllowsNulls)
{
    /// <summary>The first version that has it.</summary>
    public FocusVersion Since { get; init; }

    /// <summary>The last version that has it.</summary>
    public FocusVersion Until { get; init; } = FocusVersion.V14;

    /// <summary>The values it may have; null for any.</summary>
    public FrozenSet<string>? Allowed { get; init; }

    /// <summary>A conditional column that comes with this one: whose provider has the first has the second too.</summary>
    public string? ComesWith { get; init; }

    public bool IsIn(FocusVersion version) => version >= Since && version <= Until;
}
