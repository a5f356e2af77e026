namespace Sluice.Reports;

/// <summary>A column of an answer, stated once for people and programs.</summary>
/// <param name="Name">In CSV and JSON; scripts rely on it.</param>
/// <param name="Meaning">A phrase without its full stop.</param>
internal sealed record ReportColumn(string Name, ColumnType Type, string Meaning)
{
    public ColumnView View { get; init; }

    /// <summary>The header of a table.</summary>
    public string Heading { get; init; } = Name.Replace('_', ' ');

    /// <summary>What a table shows instead of the value; null to show the value as its type says.</summary>
    public Func<object?, object?>? ForPeople { get; init; }

    /// <summary>What a row has in a table if this is not among the row's own values, as in a column for people alone.</summary>
    public Func<ReportRow, object?>? Derived { get; init; }

    /// <summary>Whether the sum of its values means something; if not, totals have none.</summary>
    public bool IsSum { get; init; } = Type is ColumnType.Count or ColumnType.Tokens or ColumnType.Usd or ColumnType.Amount;

    /// <summary>Whether a row carries a value of this column itself.</summary>
    public bool IsStored => Derived is null;

    public bool IsForPrograms => View is not (ColumnView.People or ColumnView.Csv);

    /// <summary>What rows are grouped by: an empty name means that the calls have none.</summary>
    public static ReportColumn Group(string name) => new(name, ColumnType.Text, $"The {name} that the row is about; empty for calls or charges without one")
    {
        ForPeople = value => value is "" ? "(none)" : value,
    };

    /// <summary>For people only, and made from the row's other values.</summary>
    public static ReportColumn Derive(string heading, Func<ReportRow, object?> of) =>
        new(heading, ColumnType.Text, heading) { View = ColumnView.People, Heading = heading, Derived = of };
}

/// <summary>A row, read by the names of its columns.</summary>
internal readonly struct ReportRow(IReadOnlyList<ReportColumn> columns, object?[] values)
{
    public object? this[string name]
    {
        get
        {
            var place = 0;
            foreach (var column in columns)
            {
                if (column.Name == name && column.IsStored)
                    return values[place];
                if (column.IsStored)
                    place++;
            }
            throw new KeyNotFoundException($"The answer has no column '{name}'.");
        }
    }
}
