namespace Sluice.Insights.Conformance;

/// <summary>Holds the header to the columns of a version.</summary>
internal static class HeaderCheck
{
    public static void Check(IReadOnlyList<string> headers, FocusVersion version, bool excerpt, Findings findings)
    {
        foreach (var twice in headers.GroupBy(h => h, StringComparer.Ordinal).Where(g => g.Count() > 1))
            findings.Add("column-twice", twice.Key, false, 1, $"it is there {twice.Count()} times", "name each column once; the first is read");
        foreach (var header in headers.Distinct(StringComparer.Ordinal))
        {
            if (FocusColumns.Find(header, version) is null && !header.StartsWith("x_", StringComparison.Ordinal))
                findings.Add("column-unknown", header, false, 1, Unknown(header, version), Fix(header, version));
        }
        if (headers.SkipWhile(h => !h.StartsWith("x_", StringComparison.Ordinal)).FirstOrDefault(h => !h.StartsWith("x_", StringComparison.Ordinal)) is { } late)
            findings.Add("column-order", late, true, 1, "it stands behind a custom column", "put custom columns last");
        if (excerpt)
            return;
        foreach (var column in FocusColumns.Of(version).Where(c => !headers.Contains(c.Name, StringComparer.Ordinal)))
        {
            if (column.Level == FocusLevel.Mandatory)
                findings.Add("column-missing", column.Name, false, 1, $"FOCUS {version.Name()} demands it", "export it; if this is a part of a file, say --excerpt");
            else if (column.Level == FocusLevel.Conditional && column.ComesWith is { } other && headers.Contains(other, StringComparer.Ordinal))
                findings.Add("column-missing", column.Name, false, 1, $"a file with {other} has it too", "export it; if this is a part of a file, say --excerpt");
        }
    }

    private static string Unknown(string header, FocusVersion version)
    {
        if (!FocusColumns.IsKnown(header))
            return $"FOCUS {version.Name()} has no such column";
        var column = FocusColumns.All.Single(c => c.Name == header);
        return column.Since > version ? $"FOCUS has it since {column.Since.Name()}, and the file is held to {version.Name()}" : $"FOCUS has it until {column.Until.Name()}, and the file is held to {version.Name()}";
    }

    private static string Fix(string header, FocusVersion version)
    {
        var meant = FocusColumns.Of(version).FirstOrDefault(c => c.Name.Equals(header.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
        return meant is not null ? $"write {meant.Name}" : FocusColumns.IsKnown(header) ? "leave it out, or say --version" : $"name it x_{header}";
    }
}
