namespace Sluice.Core;

/// <summary>Guesses which of the known names a misspelt one means.</summary>
public static class NearestName
{
    /// <summary>Longer names are not compared: nobody misspells so much, and the comparison costs the product of both lengths.</summary>
    private const int MaxLength = 64;

    /// <summary>Shorter parts of names are in too many of them.</summary>
    private const int MinPart = 3;

    /// <summary>The nearest name, or null if none is near: up to a third of the letters may differ, be missing, be too many or be swapped.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength)
            return null;
        var near = known.Where(k => k.Length is > 0 and <= MaxLength).Select(k => (Name: k, Distance: Distance(name, k))).ToList();
        var nearest = near.Where(n => n.Distance <= Math.Max(1, Math.Min(name.Length, n.Name.Length) / 3)).OrderBy(n => n.Distance).Select(n => n.Name).FirstOrDefault();
        return nearest ?? near.Select(n => n.Name).FirstOrDefault(k => IsPart(k, name));
    }

    /// <summary>A name that continues the written one, such as max_request_body_bytes for max_request_body, begins it, or holds it.</summary>
    private static bool IsPart(string known, string name) =>
        (name.Length >= MinPart && known.Contains(name, StringComparison.OrdinalIgnoreCase))
        || (known.Length > MinPart && name.StartsWith(known, StringComparison.OrdinalIgnoreCase));

    /// <summary>Changes of one letter that lead from one name to the other, a swap of neighbours being one.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                var change = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(rows[i - 1, j - 1] + change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }

    /// <summary>Case, and a hyphen for an underscore, are no difference.</summary>
    private static bool Same(char a, char b) => char.ToUpperInvariant(a == '-' ? '_' : a) == char.ToUpperInvariant(b == '-' ? '_' : b);
}
