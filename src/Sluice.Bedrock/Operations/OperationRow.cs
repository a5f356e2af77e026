using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Operations;

/// <summary>One operation by method and path: the text before its labels, between them and after them.</summary>
internal sealed record OperationRow(Operation Operation, string Method, string Prefix)
{
    /// <summary>Null where the path has no second label.</summary>
    public string? Middle { get; init; }

    /// <summary>Null where the path is <see cref="Prefix"/> and has no label at all.</summary>
    public string? Suffix { get; init; }

    /// <summary>A label is one segment. Otherwise it may hold slashes, as ARNs do that nobody has escaped.</summary>
    public bool OneSegment { get; init; }

    public bool Fits(ReadOnlySpan<char> path, out ReadOnlySpan<char> first, out ReadOnlySpan<char> second)
    {
        first = second = default;
        if (Suffix is null)
            return path.SequenceEqual(Prefix);
        if (path.Length <= Prefix.Length + Suffix.Length || !path.StartsWith(Prefix, StringComparison.Ordinal) || !path.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        first = path[Prefix.Length..^Suffix.Length];
        if (Middle is not null)
        {
            var middle = first.LastIndexOf(Middle, StringComparison.Ordinal);
            if (middle <= 0 || middle + Middle.Length == first.Length)
                return false;
            second = first[(middle + Middle.Length)..];
            first = first[..middle];
        }
        return !OneSegment || !first.Contains('/');
    }
}
